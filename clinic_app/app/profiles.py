"""Finds the site profile that the settings name: the home's own file first, then the one that ships."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from clinic_app.calc.units import read_kept_units
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.units import Kept
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources

SHIPPED = "profiles"
USUAL = "mllp"
"""Channel of the listener whose profile also reads what came by no listener."""
KEPT_UNITS = "reference/units/laboratory.toml"
OWN = "site"
"""Name of the profile that `init` puts into the home, ready to be edited."""
OWN_TEMPLATE = "settings/site_profile.toml"


def shipped_texts(resources: Resources) -> Mapping[str, str]:
    """Texts of the profiles that ship, by name."""
    files = resources.names(SHIPPED)
    return {file.removesuffix(".toml"): resources.text(f"{SHIPPED}/{file}") for file in files}


def kept_units(resources: Resources) -> Mapping[str, Kept]:
    """In which unit each laboratory series is kept, and what turns others into it."""
    return read_kept_units(resources.text(KEPT_UNITS))


def load_profile(home: Home, name: str, resources: Resources) -> SiteProfile:
    """``profiles/NAME.toml`` of the home, else the shipped one; raises PROFILE-INVALID, PROFILE-MISSING."""
    shipped = shipped_texts(resources)
    kept = kept_units(resources)
    own = home.profiles / f"{name}.toml"
    if own.is_file():
        return parse_profile(profile_text(own), shipped, kept)
    if name not in shipped:
        raise EnvironmentFault(
            "PROFILE-MISSING",
            f"there is no site profile {name!r}: neither {own} nor among {', '.join(sorted(shipped))}",
            "Name one that is there under [bridge] profile in commonground.toml.",
        )
    return parse_profile(shipped[name], shipped, kept)


def profile_text(file: Path) -> str:
    """The text of a profile file; raises PROFILE-INVALID where it cannot be read as UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFault(
            "PROFILE-INVALID",
            f"{file} is not UTF-8 text",
            "Correct the file, then start again.",
        ) from error


@dataclass(frozen=True, slots=True)
class Dialects:
    """The profiles in use: of each listener, and of the senders that have one of their own.

    Attributes:
        by_channel: the profile of every listener.
        by_name: every profile that is used.
    """

    by_channel: Mapping[str, SiteProfile]
    by_name: Mapping[str, SiteProfile]

    def of(self, channel: str, sender: str) -> SiteProfile:
        """The profile by which a message of this sender (MSH-3|MSH-4) is read."""
        usual = self.by_channel.get(channel) or self.by_channel[USUAL]
        own = usual.dialect(sender)
        return self.by_name[own] if own else usual


def load_dialects(home: Home, names: Mapping[str, str], resources: Resources) -> Dialects:
    """The profiles that listeners name, by channel, and those that these name for some senders.

    Raises EnvironmentFault PROFILE-INVALID, PROFILE-MISSING.
    """
    read: dict[str, SiteProfile] = {}
    wanted = list(dict.fromkeys(names.values()))
    for name in wanted:
        if name not in read:
            read[name] = load_profile(home, name, resources)
            wanted += [own for _, own in read[name].dialects]
    return Dialects({channel: read[name] for channel, name in names.items()}, read)


class ProfileFiles:
    """Whether the home's own profile files are other ones than when they were last looked at."""

    def __init__(self, home: Home) -> None:
        self._folder = home.profiles
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether any was written, added or removed since the last call."""
        seen, self._seen = self._seen, self._look()
        return seen != self._seen

    def _look(self) -> Mapping[str, tuple[int, int]]:
        return dict(_stamps(self._folder))


def _stamps(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for file in folder.glob("*.toml"):
        with suppress(OSError):
            found = file.stat()
            yield file.name, (found.st_mtime_ns, found.st_size)


def switched_off(profile: SiteProfile) -> frozenset[str]:
    """Series of which the profile knows codes but none is enabled: a check on them "cannot know"."""
    on = {row.series for row in profile.measurements.values() if row.enabled}
    return frozenset({row.series for row in profile.measurements.values()} - on)
