"""Recording entries that the intake landed: the worker's use case."""

from collections.abc import Sequence
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.services.applying import apply_new
from clinic_app.services.gate import Gate
from clinic_app.services.rostering import Rostering, is_batch, kept_bare, set_aside


def record_entries(
    gate: Gate,
    entries: Sequence[tuple[RawEntry, Translation]],
    profile_version: str,
    now: datetime,
    rostering: Rostering | None = None,
) -> tuple[Identifier, ...]:
    """Record these entries in one unit of work; one that the inbox already holds is skipped (never twice).

    With a roster, entries for other people are set aside (`clinic_app.services.rostering`). Returns the
    identifiers that became known or got another birth date: their entries are to be looked at
    again (`clinic_app.services.replay.reconsider`).
    """
    moved: dict[Identifier, None] = {}
    with gate.recording(Action.RECORD) as recording:
        for entry, translation in entries:
            if recording.unit.inbox_entry(entry.id) is not None:
                continue
            kept = entry
            if rostering is not None and rostering.current() is not None:
                if not rostering.admits(recording.unit, translation, now):
                    set_aside(recording.unit, entry, translation, profile_version)
                    continue
                kept = kept_bare(recording.unit, entry) if is_batch(entry) else entry
            applied = apply_new(recording, kept, translation, profile_version, now)
            if applied.moved is not None:
                moved[applied.moved] = None
    return tuple(moved)
