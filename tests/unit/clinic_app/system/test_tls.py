"""Contexts from files; what cannot be used is said without a word of its content."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.tls import client_context, expires, server_context
from tests.wire.certificates import Authority


def test_a_listener_trusts_whom_it_is_told_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files = authority.issue("clinic")
    plain = server_context(files.certificate, files.key)
    mutual = server_context(files.certificate, files.key, authority.file)
    assert (plain.verify_mode, mutual.verify_mode) == (ssl.CERT_NONE, ssl.CERT_REQUIRED)
    assert plain.minimum_version == ssl.TLSVersion.TLSv1_2


def test_who_connects_always_checks_the_other_end(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files = authority.issue("us")
    for context in (
        client_context(None, None, None),
        client_context(authority.file, files.certificate, files.key),
    ):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files, other = authority.issue("one"), authority.issue("other")
    with pytest.raises(EnvironmentFault, match=r"TLS-UNUSABLE.*nowhere\.pem"):
        server_context(tmp_path / "nowhere.pem", files.key)
    with pytest.raises(EnvironmentFault, match="TLS-UNUSABLE"):
        server_context(files.certificate, other.key)
    with pytest.raises(EnvironmentFault, match=r"TLS-UNUSABLE.*one\.key"):
        server_context(files.certificate, files.key, files.key)
    with pytest.raises(EnvironmentFault, match="TLS-UNUSABLE"):
        expires(files.key)


def test_when_a_certificate_ends(tmp_path: Path) -> None:
    end = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert expires(Authority(tmp_path).issue("clinic", end).certificate) == end
