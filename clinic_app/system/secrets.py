"""Chooses where the keys and tokens of a home live."""

from pathlib import Path

import keyring

from clinic_app.ports.secrets import Secrets
from clinic_app.system.key_file import KeyFile
from clinic_app.system.key_store import KeyStore, chosen_backend
from clinic_app.system.paths import Home
from clinic_app.system.settings import KeySettings

__all__ = ["KeyFile", "KeyStore", "open_secrets"]


def open_secrets(home: Home, settings: KeySettings) -> Secrets:
    """The home's secrets: its key file where the settings name one, else the operating system's key store.

    Raises EnvironmentFault KEY-STORE-UNAVAILABLE or KEY-STORE-UNSAFE.
    """
    if settings.key_file:
        return KeyFile(home.root / Path(settings.key_file).expanduser())
    return KeyStore(home.identity(), chosen_backend(keyring.get_keyring()))
