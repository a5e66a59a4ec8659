"""The keys with which the clinic asks another portal's token server for tokens: files, encrypted.

The newest is used; those before it stay until they are retired, for the time in which the portal does not
know the newest one yet. Their passphrase lives with the other keys of the home.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from bridges.fhir.tokens import SigningKey
from clinic_app.model.errors import EnvironmentFault, UseFault
from clinic_app.ports.secrets import Secrets
from clinic_app.system.atomic import unwritable, write_atomically
from clinic_app.system.paths import FOLDER_MODE, Home

PASSPHRASE = "portal-keys"
_BITS = 3072


def new_key(home: Home, kept: Secrets, now: datetime, for_rsa: bool = False) -> Path:
    """Make a key of the curve P-384 (or RSA with 3,072 bits, for token servers that only take RS384).

    Raises EnvironmentFault FILE-UNWRITABLE, and what the key store raises.
    """
    if not kept.has(PASSPHRASE):
        kept.put(PASSPHRASE, secrets.token_hex(32).encode("ascii"))
    made = rsa.generate_private_key(65537, _BITS) if for_rsa else ec.generate_private_key(ec.SECP384R1())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(kept.get(PASSPHRASE)))
    try:
        home.portal_keys.mkdir(mode=FOLDER_MODE, exist_ok=True)
    except OSError as error:
        raise unwritable(home.portal_keys, error) from error
    file = home.portal_keys / f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}.pem"
    write_atomically(file, pem, replace=False)
    return file


def key_files(home: Home) -> Sequence[Path]:
    """The newest first."""
    return sorted(home.portal_keys.glob("*.pem"), reverse=True)


def signing_keys(home: Home, kept: Secrets) -> Sequence[SigningKey]:
    """The keys, the newest first; raises EnvironmentFault PORTAL-KEY where there is none, or one cannot be
    read.
    """
    files = key_files(home)
    if not files:
        raise EnvironmentFault(
            "PORTAL-KEY",
            "there is no key with which to ask the portal for tokens",
            "Make one with `commonground portal-key new`, and register it with the portal.",
        )
    try:
        return [SigningKey(file.read_bytes(), kept.get(PASSPHRASE)) for file in files]
    except OSError as error:
        raise EnvironmentFault(
            "PORTAL-KEY", "a key for the portal cannot be read", "Check the rights of the folder portal-keys."
        ) from error


def retire(home: Home, name: str) -> None:
    """Remove a key that the portal no longer needs; raises UseFault USE for one that is not there, or the
    only one.
    """
    files = {file.name: file for file in key_files(home)}
    if name not in files:
        raise UseFault("USE", "There is no such key", "See `commonground portal-key list`.")
    if len(files) == 1:
        raise UseFault("USE", "This is the only key", "Make a new one first: `commonground portal-key new`.")
    try:
        files[name].unlink()
    except OSError as error:
        raise unwritable(files[name], error) from error
