"""Certificates from files: what a listener and a client show, and whom they trust."""

import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509

from clinic_app.model.errors import EnvironmentFault


def server_context(certificate: Path, key: Path, clients: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or newer; with ``clients`` only peers whose certificate was signed by that authority are heard.

    Raises EnvironmentFault TLS-UNUSABLE.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    return _filled(context, certificate, key, clients)


def client_context(authority: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """For connecting: trusts the authority (None: the machine's own), shows the certificate where one is
    given. Raises EnvironmentFault TLS-UNUSABLE.
    """
    context = ssl.create_default_context() if authority is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _filled(context, certificate, key, authority)


def expires(certificate: Path) -> datetime:
    """When the first certificate of a PEM file ends. Raises EnvironmentFault TLS-UNUSABLE."""
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        raise _unusable(certificate, error) from error


def _filled(
    context: ssl.SSLContext, certificate: Path | None, key: Path | None, authority: Path | None
) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    used = authority
    try:
        if authority is not None:
            context.load_verify_locations(cafile=authority)
            context.verify_mode = ssl.CERT_REQUIRED
        if certificate is not None:
            used = certificate
            context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise _unusable(used, error) from error
    return context


def _unusable(file: Path | None, error: Exception) -> EnvironmentFault:
    why = getattr(error, "strerror", None) or type(error).__name__
    return EnvironmentFault(
        "TLS-UNUSABLE",
        f"the certificate or key {file} cannot be used ({why})",
        "Check the tls_ lines in commonground.toml and the files' rights; both belong together.",
    )
