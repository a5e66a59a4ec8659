"""Secrets in a file of mode 0600, for machines without a key store."""

import base64
import binascii
import json
import os
import stat
import sys
from pathlib import Path

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system import strict_json
from clinic_app.system.atomic import write_atomically
from clinic_app.system.key_values import checked, malformed, missing
from clinic_app.system.locks import waiting_lock

FILE_FORMAT = "commonground-keys-1"


class KeyFile:
    """Secrets in a JSON file that its owner alone may read and write.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; it is opened by each call anew."""
        self.path = path

    def create(self) -> None:
        """Make the file without secrets; raises EnvironmentFault KEY-FILE-EXISTS or FILE-UNWRITABLE."""
        try:
            write_atomically(self.path, _written({}), replace=False)
        except FileExistsError as error:
            raise EnvironmentFault(
                "KEY-FILE-EXISTS",
                f"the key file {self.path} is there already",
                "It was left as it is: it may hold the only key of other data. Name another file.",
            ) from error

    def get(self, name: str) -> bytes:
        """The secret; raises KEY-MISSING, KEY-MALFORMED or KEY-FILE-MODE."""
        found = self._read()
        if name not in found:
            raise missing(name, str(self.path))
        try:
            value = base64.b64decode(found[name], validate=True)
        except binascii.Error as error:
            raise malformed(name, str(self.path)) from error
        return checked(name, value, str(self.path))

    def put(self, name: str, value: bytes) -> None:
        """Keep a secret durably; two processes that do so at once keep both."""
        checked(name, value, "the program")
        with waiting_lock(self.path.with_name(f".{self.path.name}.lock")):
            secrets = {**self._read(), name: base64.b64encode(value).decode("ascii")}
            write_atomically(self.path, _written(secrets))

    def has(self, name: str) -> bool:
        """Whether the name is there; same errors as get but for the value's own."""
        return name in self._read()

    def _read(self) -> dict[str, str]:
        """The file's secrets, still encoded."""
        try:
            content = strict_json.loads(self._bytes().decode("utf-8"))
        except ValueError as error:
            raise malformed("every key", str(self.path)) from error
        secrets = content.get("secrets") if isinstance(content, dict) else None
        if (
            not isinstance(secrets, dict)
            or not isinstance(content, dict)
            or content.get("format") != FILE_FORMAT
        ):
            raise malformed("every key", str(self.path))
        if not all(isinstance(value, str) for value in secrets.values()):
            raise malformed("every key", str(self.path))
        return secrets

    def _bytes(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                _check_rights(self.path, os.fstat(file.fileno()))
                return file.read()
        except FileNotFoundError as error:
            raise missing("every key", str(self.path)) from error
        except OSError as error:
            raise _unreadable(self.path, error) from error


def _check_rights(path: Path, status: os.stat_result) -> None:
    """Mode 0600 (or narrower) and our own; Windows guards the file by its folder's rights instead."""
    if sys.platform == "win32":
        return
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077 or status.st_uid != os.geteuid() or not stat.S_ISREG(status.st_mode):
        raise EnvironmentFault(
            "KEY-FILE-MODE",
            f"the key file {path} has mode {mode:04o} or another owner; only its owner may read it",
            f"Set it right, and consider the keys known to others: chmod 600 {path}",
        )


def _written(secrets: dict[str, str]) -> bytes:
    return json.dumps({"format": FILE_FORMAT, "secrets": secrets}, indent=2).encode("ascii") + b"\n"


def _unreadable(path: Path, error: OSError) -> EnvironmentFault:
    """The message for a key file that the system does not let us read."""
    return EnvironmentFault(
        "KEY-FILE-MODE",
        f"the key file {path} cannot be read ({error.strerror or type(error).__name__})",
        f"Make it readable by the account that runs Common Ground, and by nobody else: chmod 600 {path}",
    )
