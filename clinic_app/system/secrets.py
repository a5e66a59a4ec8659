"""Chooses where the keys and tokens of a home live."""

from pathlib import Path

from clinic_app.ports.secrets import Secrets
from clinic_app.system.key_file import KeyFile
from clinic_app.system.paths import Home
from clinic_app.system.settings import KeySettings

__all__ = ["KeyFile", "open_secrets"]


def open_secrets(home: Home, settings: KeySettings) -> Secrets:
    """The home's secrets: its key file where the settings name one, else the operating system's key store.

    Raises EnvironmentFault KEY-STORE-UNAVAILABLE or KEY-STORE-UNSAFE.
    """
    if settings.key_file:
        return KeyFile(home.root / Path(settings.key_file).expanduser())
    # Measured: keyring costs an eighth of what a command takes, and a home with a key file needs none of it.
    import keyring  # noqa: PLC0415

    from clinic_app.system.key_store import KeyStore, chosen_backend  # noqa: PLC0415

    return KeyStore(home.identity(), chosen_backend(keyring.get_keyring()))
