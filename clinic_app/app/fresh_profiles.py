"""Takes a changed site profile over while the program runs."""

import logging
from collections.abc import Callable

from clinic_app.app.compose import Clinic
from clinic_app.app.profiles import Dialects, ProfileFiles
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.errors import CommonGroundError

_log = logging.getLogger("commonground.profile")
_LOOK_SECONDS = 1.0


class FreshProfiles:
    """Looks at the home's profile files now and then, and has the clinic read them anew where they changed.

    One that cannot be used is told in the log, and the former one stays in force. What was held under it is
    applied by ``commonground inbox replay``.
    """

    def __init__(self, clinic: Clinic, now: Callable[[], float]) -> None:
        self._clinic = clinic
        self._now = now
        self._files = ProfileFiles(clinic.home)
        self._looked = now()

    def look(self) -> bool:
        """Whether others are in force now."""
        now = self._now()
        if now - self._looked < _LOOK_SECONDS:
            return False
        self._looked = now
        if not self._files.changed():
            return False
        try:
            self._clinic.reload_profiles()
        except CommonGroundError as fault:
            _log.error("%s; the former profile stays in force", fault)
            return False
        _log.info("the site profile %s is in force", self._clinic.profile_version())
        return True


class FreshMeaning:
    """What entries mean under the profiles in force, whoever looked for changed ones last."""

    def __init__(self, clinic: Clinic, fresh: FreshProfiles) -> None:
        self._clinic, self._fresh = clinic, fresh
        self._made: tuple[Dialects, Callable[[RawEntry], Translation]] | None = None

    def __call__(self, entry: RawEntry) -> Translation:
        """What it means; raises EnvironmentFault where there is no profile that can be used."""
        self._fresh.look()
        dialects = self._clinic.dialects
        if self._made is None or self._made[0] is not dialects:
            self._made = dialects, self._clinic.translator(dialects)
        return self._made[1](entry)
