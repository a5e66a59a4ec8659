"""Looking at entries again: after the site profile changed, or after a patient, a link or a birth date became
known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from clinic_app.model.access import Action
from clinic_app.model.entries import BYTES_ERASED, EntryState, InboxEntry, RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.services.applying import Applied, apply_again, raw_entry
from clinic_app.services.gate import Gate

Translate = Callable[[RawEntry], Translation]

_GROUP = 3  # entries in one unit: the write lock is to be held about 10 ms
_PAGE = 1000
_RECORDED = (EntryState.APPLIED, EntryState.HELD)


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What looking again did: entries looked at, changed, and their states now; facts new and withdrawn;
    entries that were held and are applied now.
    """

    looked: int = 0
    changed: int = 0
    applied: int = 0
    held: int = 0
    ignored: int = 0
    recorded: int = 0
    withdrawn: int = 0
    freed: int = 0

    def plus(self, done: Applied) -> "ReplayReport":
        """With one entry more."""
        return ReplayReport(
            self.looked + 1,
            self.changed + done.changed,
            self.applied + (done.state is EntryState.APPLIED),
            self.held + (done.state is EntryState.HELD),
            self.ignored + (done.state is EntryState.IGNORED),
            self.recorded + done.recorded,
            self.withdrawn + done.withdrawn,
            self.freed + done.freed,
        )


def replay(
    gate: Gate,
    ids: Sequence[int] | None,
    translate: Translate,
    profile_version: str,
    now: datetime,
    state: EntryState = EntryState.HELD,
) -> ReplayReport:
    """Translate these entries again (None: all that are in ``state``) and put them into the state they would
    have now.

    With an unchanged profile nothing is written. Ids that the inbox does not hold are left out of the report.
    """
    report, moved = ReplayReport(), dict[Identifier, None]()
    for group in _groups(_entries(gate, _in_state(gate, state) if ids is None else ids)):
        for done in _apply(gate, group, translate, profile_version, now):
            report = report.plus(done)
            if done.moved is not None:
                moved[done.moved] = None
    for identifier in moved:
        reconsider(gate, identifier, translate, profile_version, now)
    return report


def reconsider(
    gate: Gate, identifier: Identifier, translate: Translate, profile_version: str, now: datetime
) -> ReplayReport:
    """Look again at all entries of the person, until nobody's identity moves any more."""
    report, again = ReplayReport(), True
    while again:
        with gate.processing(Action.REPLAY) as view:
            entries = [entry for one in view.person(identifier) for entry in view.entries_of(one, _RECORDED)]
        done = [
            applied
            for group in _groups(iter(entries))
            for applied in _apply(gate, group, translate, profile_version, now)
        ]
        for applied in done:
            report = report.plus(applied)
        again = any(applied.moved is not None for applied in done)
    return report


def _apply(
    gate: Gate, group: Sequence[InboxEntry], translate: Translate, profile_version: str, now: datetime
) -> Sequence[Applied]:
    """Translate outside, apply inside one short unit."""
    translated = [(entry, translate(raw_entry(entry))) for entry in group]
    with gate.recording(Action.REPLAY) as recording:
        return [apply_again(recording, entry, said, profile_version, now) for entry, said in translated]


def _groups(entries: Iterator[InboxEntry]) -> Iterator[Sequence[InboxEntry]]:
    while group := list(islice(entries, _GROUP)):
        yield group


def _entries(gate: Gate, ids: Sequence[int]) -> Iterator[InboxEntry]:
    for entry_id in ids:
        with gate.processing(Action.REPLAY) as view:
            entry = view.inbox_entry(entry_id)
        if entry is not None and entry.flag != BYTES_ERASED:
            yield entry


def _in_state(gate: Gate, state: EntryState) -> Sequence[int]:
    """Ids of all entries in this state, oldest first."""
    ids: list[int] = []
    before = 0
    with gate.processing(Action.REPLAY) as view:
        while page := view.inbox((state,), _PAGE, before):
            ids.extend(entry.id for entry in page)
            before = page[-1].id
    return ids[::-1]
