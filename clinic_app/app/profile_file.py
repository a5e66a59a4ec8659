"""A site profile's own file: read, mended with its former text kept beside it, and put back."""

import json
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from clinic_app.app.profiles import kept_units, shipped_texts
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.mending import Concern, ConcernKind, Mend, MendKind
from clinic_app.system.atomic import write_atomically, write_json_atomically
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources


@dataclass(frozen=True, slots=True)
class Former:
    """The mend that was written last, and the text before it.

    Attributes:
        before: the whole former text.
        after: SHA-256 of the text with the mend.
        version: of the profile with the mend; entries translated by it are to be looked at again.
    """

    before: str
    after: str
    version: str
    concern: Concern
    mend: Mend
    by: str
    at: datetime


class ProfileFile:
    """``profiles/NAME.toml`` of the home.

    Attributes:
        name: of the profile.
        shipped: texts of the profiles that it may extend.
    """

    def __init__(self, home: Home, name: str, resources: Resources) -> None:
        self.name = name
        self.shipped = shipped_texts(resources)
        self.kept = kept_units(resources)
        self._path = home.profiles / f"{name}.toml"
        self._beside = home.profiles / f"{name}.former.json"

    def text(self) -> str:
        """As it stands there, with its own line ends.

        Raises EnvironmentFault PROFILE-SHIPPED where the home has no file of its own, PROFILE-INVALID.
        """
        if not self._path.is_file():
            raise EnvironmentFault(
                "PROFILE-SHIPPED",
                f"the profile {self.name} ships with the program and is not changed",
                'Name the clinic\'s own, such as profile = "site", in commonground.toml.',
            )
        try:
            return self._path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault(
                "PROFILE-INVALID", f"{self._path} is not UTF-8 text", "Correct the file."
            ) from error

    def parsed(self, text: str) -> SiteProfile:
        """What a text would mean here; raises PROFILE-INVALID."""
        plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
        return parse_profile(plain, self.shipped, self.kept)

    def write(self, text: str, concern: Concern, mend: Mend, by: str, at: datetime) -> SiteProfile:
        """Put a mended text in place, once it is known to be valid; the former one is kept before that.

        Raises EnvironmentFault PROFILE-INVALID, PROFILE-SHIPPED, FILE-UNWRITABLE; then nothing changed.
        """
        before, profile = self.text(), self.parsed(text)
        former = Former(before, _digest(text), profile.version, concern, mend, by, at)
        write_json_atomically(self._beside, {**asdict(former), "at": at.isoformat()})
        self._replace(text)
        return profile

    def former(self) -> Former | None:
        """The last mend, while the file still is as that left it (or as it was before, where undoing it was
        cut short); None where a person has written in it since.
        """
        found = _read(self._beside)
        if found is None:
            return None
        with suppress(EnvironmentFault):
            if _digest(self.text()) in (found.after, _digest(found.before)):
                return found
        return None

    def restore(self, former: Former) -> None:
        """Put the former text back; `forget` then ends the matter."""
        self._replace(former.before)

    def forget(self) -> None:
        """The former text is not needed any more."""
        self._beside.unlink(missing_ok=True)

    def _replace(self, text: str) -> None:
        mode = stat.S_IMODE(self._path.stat().st_mode)
        write_atomically(self._path, text.encode(), mode=mode)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _read(path: Path) -> Former | None:
    """What stands beside the profile; None where nothing does, or it is not what this program wrote."""
    try:
        said = json.loads(path.read_bytes())
        concern, mend = said["concern"], said["mend"]
        return Former(
            before=said["before"],
            after=said["after"],
            version=said["version"],
            concern=Concern(**{**concern, "kind": ConcernKind(concern["kind"])}),
            mend=Mend(**{**mend, "kind": MendKind(mend["kind"])}),
            by=said["by"],
            at=datetime.fromisoformat(said["at"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
