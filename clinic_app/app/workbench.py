"""The staff window's workbench, bound to this home: causes of the quarantine, and mends of the profile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bridges.hl7.concerns import concern_of
from bridges.hl7.mend_choices import choices
from bridges.hl7.mend_text import mended
from clinic_app.app.compose import Clinic
from clinic_app.app.inbox_view import remarks_on
from clinic_app.app.profile_file import Former, ProfileFile
from clinic_app.app.profiles import USUAL
from clinic_app.model.access import Action, LookReason, Purpose
from clinic_app.model.entries import BATCH, Finding, InboxEntry
from clinic_app.model.errors import CommonGroundError
from clinic_app.model.laid_out import LaidOut
from clinic_app.model.mending import NOTHING, Concern, Mend
from clinic_app.services import reading, replay, workbench
from clinic_app.services.replay import ReplayReport
from clinic_app.services.workbench import Cause, Trial
from clinic_app.viewmodels.workbench import HeldWork, Undoable


class Workbench:
    """Implements `clinic_app.viewmodels.workbench.WorkbenchServices`."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    def now(self) -> datetime:
        """The present."""
        return self._clinic.now()

    def held_work(self) -> HeldWork:
        """The quarantine by cause, and the mend that can be undone; one access row."""
        self._clinic.reload_profiles()
        found = workbench.causes(self._clinic.gate, self._profile_of, self._examine)
        former = self._former()
        if former is None:
            return HeldWork(found, None)
        _, last = former
        return HeldWork(found, Undoable(last.concern, last.mend, last.by, last.at))

    def choices(self, cause: Cause) -> tuple[Mend, ...]:
        """What can be chosen to mend it; raises PROFILE-SHIPPED where the home has no profile of its own."""
        if cause.concern == NOTHING:
            return ()
        file = self._file(cause.key.profile)
        return choices(cause.concern, file.text().removeprefix("\ufeff"), file.shipped, file.kept)

    def read_held(self, entry_id: int, reason: LookReason | None) -> tuple[InboxEntry, LaidOut]:
        """One entry with its message: masked, or with its values where a reason is given (that is logged)."""
        # hl7apy, which knows the names, is loaded only where a message is shown.
        from clinic_app.app.lay_out import layout_of  # noqa: PLC0415

        gate, lay_out = self._clinic.gate, layout_of(self._clinic)
        remarks = remarks_on(self._clinic, [entry_id]).get(entry_id, ())
        if reason is None:
            return reading.read_masked(gate, entry_id, lay_out, remarks)
        return reading.read_entry(gate, entry_id, lay_out, remarks, reason)

    def try_mend(self, cause: Cause, mend: Mend) -> Trial:
        """What would become of the held entries; nothing is written."""
        file = self._file(cause.key.profile)
        profile = file.parsed(self._mended(file, cause.concern, mend))
        now = self._clinic.dialects
        names = self._clinic.profile_names()
        changed = replace(
            now,
            by_name={**now.by_name, file.name: profile},
            by_channel={
                channel: profile if names[channel] == file.name else usual
                for channel, usual in now.by_channel.items()
            },
        )
        return workbench.trial(self._clinic.gate, cause.entry_ids, self._clinic.translator(changed))

    def apply_mend(self, cause: Cause, mend: Mend) -> ReplayReport:
        """Write it into the profile, and look again at what it holds.

        Raises AccessDenied, and EnvironmentFault PROFILE-INVALID, PROFILE-NOT-EDITABLE, PROFILE-SHIPPED,
        FILE-UNWRITABLE; then nothing changed.
        """
        self._note_change()
        file = self._file(cause.key.profile)
        text = self._mended(file, cause.concern, mend)
        file.write(text, cause.concern, mend, self._clinic.actor.account, self.now())
        self._clinic.reload_profiles()
        return self._replay(self._ids_now(cause))

    def replay(self, cause: Cause) -> ReplayReport:
        """Look again at what this cause holds: the profile may have been mended by hand."""
        self._clinic.reload_profiles()
        return self._replay(self._ids_now(cause))

    def undo_mend(self) -> ReplayReport:
        """Put the former text of the profile back, and look again at all that was read by the mended one.

        Raises AccessDenied, CommonGroundError NOTHING-TO-UNDO.
        """
        former = self._former()
        if former is None:
            raise CommonGroundError(
                "NOTHING-TO-UNDO",
                "the profile was changed by hand since, so its former text is not put back",
                "Take the line out of the profile, then replay.",
            )
        self._note_change()
        file, last = former
        file.restore(last)
        self._clinic.reload_profiles()
        report = self._replay(workbench.read_under(self._clinic.gate, last.version))
        file.forget()
        return report

    def _ids_now(self, cause: Cause) -> tuple[int, ...]:
        """Also what came since the page was drawn."""
        found = workbench.causes(self._clinic.gate, self._profile_of, lambda entry, hold: NOTHING)
        newer = (one.entry_ids for one in found if one.key == cause.key)
        return tuple(sorted({*cause.entry_ids, *next(newer, ())}))

    def _replay(self, ids: Sequence[int]) -> ReplayReport:
        clinic = self._clinic
        return replay.replay(clinic.gate, ids, clinic.translator(), clinic.profile_version(), self.now())

    def _mended(self, file: ProfileFile, concern: Concern, mend: Mend) -> str:
        signature = f"{self._clinic.actor.account}, {self.now():%Y-%m-%d}"
        return mended(file.text(), file.shipped, concern, mend, signature)

    def _note_change(self) -> None:
        """Whoever changes the profile administers this home; it is on record."""
        with self._clinic.gate.writing(Action.ADMINISTER, (), purpose=Purpose.OPERATION):
            return

    def _file(self, name: str) -> ProfileFile:
        return ProfileFile(self._clinic.home, name, self._clinic.resources)

    def _former(self) -> tuple[ProfileFile, Former] | None:
        """The newest mend that can be undone."""
        files = (self._file(name) for name in self._clinic.dialects.by_name)
        found = [(file, last) for file in files if (last := file.former()) is not None]
        return max(found, key=lambda pair: pair[1].at) if found else None

    def _profile_of(self, entry: InboxEntry) -> str:
        """Name of the profile by which an entry is read."""
        names = self._clinic.profile_names()
        usual = self._clinic.profiles.get(entry.channel) or self._clinic.profile
        return usual.dialect(entry.sender) or names.get(entry.channel) or names[USUAL]

    def _examine(self, entry: InboxEntry, hold: Finding) -> Concern:
        if entry.channel == "fhir" or entry.type == BATCH:
            return NOTHING
        return concern_of(entry, hold, self._clinic.dialects.of(entry.channel, entry.sender))
