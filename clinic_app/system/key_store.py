"""Secrets in the operating system's key store, reached through keyring.

A key store that keeps plain text, or none, is refused: better no start than keys in the open.
"""

import base64
from collections.abc import Iterable

from keyring import errors as keyring_errors
from keyring.backend import KeyringBackend
from keyring.backends import chainer

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.key_values import checked, malformed, missing

SAFE_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


class KeyStore:
    """Secrets in the operating system's key store, under the home's random name.

    Attributes:
        service: the name that the key store shows.
    """

    def __init__(self, home_identity: str, backend: KeyringBackend) -> None:
        """Use this backend; raises EnvironmentFault KEY-STORE-UNSAFE unless it is on the allow-list."""
        if backend_name(backend) not in SAFE_BACKENDS:
            raise _unsafe(backend)
        self.service = f"commonground {home_identity}"
        self._backend = backend

    def get(self, name: str) -> bytes:
        """The secret; raises KEY-MISSING, KEY-MALFORMED or KEY-STORE-UNAVAILABLE."""
        text = self._ask(name)
        if text is None:
            raise missing(name, "the key store")
        try:
            value = base64.b85decode(text)
        except ValueError as error:
            raise malformed(name, "the key store") from error
        return checked(name, value, "the key store")

    def put(self, name: str, value: bytes) -> None:
        """Keep a secret; 1,024 bytes are 1,280 letters here, and Windows keeps 2,560 bytes, two a letter."""
        text = base64.b85encode(checked(name, value, "the program")).decode("ascii")
        try:
            self._backend.set_password(self.service, name, text)
        except keyring_errors.KeyringError as error:
            raise _unavailable(type(error).__name__) from error

    def has(self, name: str) -> bool:
        """Whether the name is there; raises KEY-STORE-UNAVAILABLE."""
        return self._ask(name) is not None

    def _ask(self, name: str) -> str | None:
        try:
            return self._backend.get_password(self.service, name)
        except keyring_errors.KeyringError as error:
            raise _unavailable(type(error).__name__) from error


def chosen_backend(backend: KeyringBackend) -> KeyringBackend:
    """The one safe backend behind what keyring chose; a chain is not used as such: it may hold a plain one.

    Raises EnvironmentFault KEY-STORE-UNAVAILABLE where there is none, KEY-STORE-UNSAFE where none is safe.
    """
    members = list(_members(backend))
    safe = [member for member in members if backend_name(member) in SAFE_BACKENDS]
    if safe:
        return max(safe, key=lambda member: float(member.priority))
    others = [member for member in members if not backend_name(member).startswith("keyring.backends.fail.")]
    if others:
        raise _unsafe(others[0])
    raise _unavailable("there is none")


def backend_name(backend: KeyringBackend) -> str:
    """Module and class of a backend, by which the allow-list knows it."""
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _members(backend: KeyringBackend) -> Iterable[KeyringBackend]:
    if isinstance(backend, chainer.ChainerBackend):
        return [member for member in backend.backends if not isinstance(member, chainer.ChainerBackend)]
    return [backend]


def _unsafe(backend: KeyringBackend) -> EnvironmentFault:
    return EnvironmentFault(
        "KEY-STORE-UNSAFE",
        f"the key store {backend_name(backend)} is not one that keeps keys encrypted",
        "Use Secret Service, KWallet, the macOS Keychain or Windows Credentials, or a key file: "
        "commonground init --key-file PATH",
    )


def _unavailable(reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        "KEY-STORE-UNAVAILABLE",
        f"the operating system's key store does not answer ({reason})",
        "Log in to the desktop and unlock it, or use a key file: commonground init --key-file PATH",
    )
