"""Finds the site profile that the settings name: the home's own file first, then the one that ships."""

from collections.abc import Sequence
from pathlib import Path

from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources

SHIPPED = "profiles"
OWN = "site"
"""Name of the profile that `init` puts into the home, ready to be edited."""
OWN_TEMPLATE = "settings/site_profile.toml"


def load_profile(home: Home, name: str, resources: Resources) -> SiteProfile:
    """``profiles/NAME.toml`` of the home, else the shipped one; raises PROFILE-INVALID, PROFILE-MISSING."""
    shipped = {
        file.removesuffix(".toml"): resources.text(f"{SHIPPED}/{file}") for file in resources.names(SHIPPED)
    }
    own = home.profiles / f"{name}.toml"
    if own.is_file():
        try:
            text = own.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault(
                "PROFILE-INVALID",
                f"{own} is not UTF-8 text",
                "Correct the file, then start again.",
            ) from error
        return parse_profile(text, shipped)
    if name not in shipped:
        raise EnvironmentFault(
            "PROFILE-MISSING",
            f"there is no site profile {name!r}: neither {own} nor among {', '.join(sorted(shipped))}",
            "Name one that is there under [bridge] profile in commonground.toml.",
        )
    return parse_profile(shipped[name])


class ProfileFiles:
    """Whether the home's own profile files are other ones than when they were last looked at."""

    def __init__(self, home: Home, names: Sequence[str]) -> None:
        self._files = [home.profiles / f"{name}.toml" for name in names]
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether any was written, added or removed since the last call."""
        seen, self._seen = self._seen, self._look()
        return seen != self._seen

    def _look(self) -> Sequence[tuple[int, int] | None]:
        return [_stamp(file) for file in self._files]


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def switched_off(profile: SiteProfile) -> frozenset[str]:
    """Series of which the profile knows codes but none is enabled: a check on them "cannot know"."""
    on = {row.series for row in profile.measurements.values() if row.enabled}
    return frozenset({row.series for row in profile.measurements.values()} - on)
