"""Recording entries that the intake landed: the worker's use case."""

from collections.abc import Sequence
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.services.applying import apply_new
from clinic_app.services.gate import Gate


def record_entries(
    gate: Gate, entries: Sequence[tuple[RawEntry, Translation]], profile_version: str, now: datetime
) -> tuple[Identifier, ...]:
    """Record these entries in one unit of work; one that the inbox already holds is skipped (never twice).

    Returns the identifiers that became known or got another birth date: their entries are to be looked at
    again (`clinic_app.services.replay.reconsider`).
    """
    moved: dict[Identifier, None] = {}
    with gate.recording(Action.RECORD) as recording:
        for entry, translation in entries:
            if recording.unit.inbox_entry(entry.id) is not None:
                continue
            applied = apply_new(recording, entry, translation, profile_version, now)
            if applied.moved is not None:
                moved[applied.moved] = None
    return tuple(moved)
