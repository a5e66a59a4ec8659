"""The home: one folder that holds everything this installation keeps."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.atomic import unwritable, write_atomically

FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Home:
    """Where each thing of one installation lies.

    Attributes:
        root: the folder, absolute.
    """

    root: Path

    @classmethod
    def at(cls, folder: Path | None) -> "Home":
        """The home in this folder, in the platform's place for an application's data where none is named."""
        chosen = (
            folder.expanduser() if folder else platformdirs.user_data_path("commonground", appauthor=False)
        )
        return cls(chosen.absolute())

    @property
    def settings(self) -> Path:
        """The text configuration; its presence makes the folder a home."""
        return self.root / "commonground.toml"

    @property
    def main_db(self) -> Path:
        """The main store."""
        return self.root / "main.db"

    @property
    def intake_db(self) -> Path:
        """The bridge's own file of raw messages."""
        return self.root / "intake.db"

    @property
    def portal_db(self) -> Path:
        """The embedded portal's own store."""
        return self.root / "portal.db"

    @property
    def run(self) -> Path:
        """Lock, ready and status files of running processes."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """Log files, without patient data."""
        return self.root / "logs"

    @property
    def profiles(self) -> Path:
        """Site profiles of this clinic's EHR dialects."""
        return self.root / "profiles"

    @property
    def portal_keys(self) -> Path:
        """Private keys with which the clinic asks another portal for tokens, encrypted."""
        return self.root / "portal-keys"

    @property
    def identity_file(self) -> Path:
        """The home's random name, under which the key store keeps its secrets: the folder may be moved."""
        return self.root / "home.id"

    def lock(self, role: str) -> Path:
        """The lock file of a role such as ``bridge``, ``worker``, ``portal``, ``workstation``."""
        return self.run / f"{role}.lock"

    def status(self, role: str) -> Path:
        """The status file that a running role writes for the others."""
        return self.run / f"{role}.json"

    def log(self, role: str) -> Path:
        """The log file of a role."""
        return self.logs / f"{role}.log"

    def exists(self) -> bool:
        """Whether ``init`` has made this home."""
        return self.settings.is_file()

    def require(self) -> None:
        """Raise EnvironmentFault HOME-MISSING where ``init`` has not made this home."""
        if not self.exists():
            raise EnvironmentFault(
                "HOME-MISSING",
                f"there is no Common Ground home in {self.root}",
                "Make one with `commonground init`, or name another with --home.",
            )

    def create(self) -> None:
        """Make the folders, readable by the owner only, and the home's random name.

        Raises EnvironmentFault HOME-EXISTS where one is there already, FILE-UNWRITABLE where disk or rights
        forbid it. The settings file, which completes the home, is the caller's last step.
        """
        if self.exists():
            raise EnvironmentFault(
                "HOME-EXISTS",
                f"{self.root} already holds a Common Ground home",
                "It was left as it is. Use it, or name another folder with --home.",
            )
        for folder in (self.root, self.run, self.logs, self.profiles):
            _own_folder(folder)
        if not self.identity_file.exists():
            write_atomically(self.identity_file, secrets.token_hex(8).encode() + b"\n")

    def identity(self) -> str:
        """The home's random name; raises EnvironmentFault HOME-MISSING where the file is gone or empty."""
        try:
            name = self.identity_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            name = ""
        if not name:
            raise EnvironmentFault(
                "HOME-MISSING",
                f"{self.identity_file} is missing or unreadable, so the home's keys cannot be found",
                "Restore this file from the backup of the home.",
            )
        return name


def _own_folder(folder: Path) -> None:
    """Make a folder of mode 0700; one that is there already is narrowed to it."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        folder.chmod(FOLDER_MODE)
    except OSError as error:
        raise unwritable(folder, error) from error
