"""One entry put into the store inside a unit of work: the step that recording, replay and reconsideration
share.
"""

from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.entries import EntryState, Finding, Hold, InboxEntry, RawEntry, Translation
from clinic_app.model.facts import Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.ports.store import WriteUnit
from clinic_app.services.gate import Recording
from clinic_app.services.judging import (
    BIRTH_DATE_DIFFERS,
    Verdict,
    codes_of,
    introduces,
    judge,
    kinds_of,
    possible,
    recordable,
)

INBOX_KIND = "inbox"
"""Kind that a change row names when an entry's state is news (held, ignored, mended)."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an entry did: its state, facts that became visible, statements withdrawn, whose identity moved
    (known now, or another birth date), and whether it was held and is applied now.
    """

    state: EntryState
    changed: bool
    recorded: int = 0
    withdrawn: int = 0
    moved: Identifier | None = None
    freed: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    unit: WriteUnit
    entry: RawEntry
    translation: Translation
    profile_version: str
    now: datetime

    def put(self, verdict: Verdict) -> None:
        self.unit.put_entry(
            self.entry,
            verdict.state,
            verdict.holds,
            _findings(self.translation, verdict.holds),
            self.translation.subject,
            self.translation.birth_date if self.counts() else None,
            self.profile_version,
            verdict.reason,
        )
        if self.unit.entry_withheld(self.entry.id) != verdict.withheld:
            self.unit.withhold(self.entry.id, verdict.withheld)

    def possible(self) -> bool:
        return possible(self.translation, self.entry.received_at)

    def counts(self) -> bool:
        """Whether its birth date is one more statement of whom this number means."""
        return not self.translation.ignored and self.possible()

    def judge(self) -> Verdict:
        return judge(self.unit, self.translation, self.entry.received_at)

    def statements(self) -> tuple[Statement, ...]:
        return recordable(self.translation) if self.possible() else ()

    def identity(self) -> tuple[bool, frozenset[Moment]] | None:
        """What the subject's entries are checked against."""
        subject = self.translation.subject
        if subject is None or subject.from_portal:
            return None
        return self.unit.known(subject), frozenset(self.unit.birth_dates(subject))


def apply_new(
    recording: Recording, entry: RawEntry, translation: Translation, profile_version: str, now: datetime
) -> Applied:
    """Record an entry that the inbox does not hold yet."""
    work = _Work(recording.unit, entry, translation, profile_version, now)
    verdict = work.judge()
    # One that agrees with the known birth date can only strengthen it: the common case costs nothing.
    may_move = introduces(translation) or BIRTH_DATE_DIFFERS in verdict.holds
    before = work.identity() if may_move else None
    work.put(verdict)
    statements = work.statements()
    recorded, moved = 0, None
    if verdict.records:
        recorded = work.unit.add_statements(entry.id, statements, profile_version, now)
    if may_move:
        moved = translation.subject if work.identity() != before else None
        verdict = _again(work, verdict)
    _note(recording, work, statements, verdict, visible=recorded > 0)
    return Applied(verdict.state, True, recorded, moved=moved)


def apply_again(
    recording: Recording, entry: InboxEntry, translation: Translation, profile_version: str, now: datetime
) -> Applied:
    """Put an entry that is in the inbox into the state that it would have if it came now; most often it has
    it.
    """
    work = _Work(recording.unit, raw_entry(entry), translation, profile_version, now)
    before, was_withheld = work.identity(), work.unit.entry_withheld(entry.id)
    verdict = work.judge()
    statements = work.statements()
    recorded = withdrawn = 0
    if was_withheld != verdict.withheld:  # before recording, so that what is new need not be hidden first
        work.unit.withhold(entry.id, verdict.withheld)
    if verdict.records or not verdict.withheld or not work.possible():
        keep = [(stated.key, stated.content_hash) for stated in statements]
        withdrawn = work.unit.retract_entry_facts(entry.id, keep, now)
        recorded = work.unit.add_statements(entry.id, statements, profile_version, now)
        verdict = work.judge()
    stands = _stands(entry, verdict, translation) and was_withheld == verdict.withheld
    changed = bool(recorded or withdrawn) or not stands
    if changed or entry.profile_version != profile_version:
        work.put(verdict)
    if changed:
        _note(recording, work, statements, verdict, visible=True)
    moved = translation.subject if work.identity() != before else None
    freed = (entry.state, verdict.state) == (EntryState.HELD, EntryState.APPLIED)
    return Applied(verdict.state, changed, recorded, withdrawn, moved, freed)


def raw_entry(entry: InboxEntry) -> RawEntry:
    """The entry as it came, for translating it again."""
    return RawEntry(
        entry.id,
        entry.channel,
        entry.sender,
        entry.control_id,
        entry.type,
        entry.received_at,
        entry.raw,
        entry.flag,
        entry.part_of,
    )


def _again(work: _Work, before: Verdict) -> Verdict:
    """Judge once more after an entry's own words about the patient count."""
    verdict = work.judge()
    if verdict != before:
        work.put(verdict)
    return verdict


def _stands(entry: InboxEntry, verdict: Verdict, translation: Translation) -> bool:
    """Whether the inbox says of this entry what the verdict says."""
    first = verdict.holds[0] if verdict.holds else Hold("", verdict.reason, "")
    return (entry.state, Hold(entry.code, entry.reason, entry.mend), entry.findings) == (
        verdict.state,
        first,
        _findings(translation, verdict.holds),
    )


def _findings(translation: Translation, holds: tuple[Hold, ...]) -> tuple[Finding, ...]:
    """Remarks, and every hold but the one that the entry shows as its reason."""
    return (*translation.findings, *(Finding(hold.code, hold.reason, held=True) for hold in holds[1:]))


def _note(
    recording: Recording, work: _Work, statements: tuple[Statement, ...], verdict: Verdict, visible: bool
) -> None:
    """The change row, and the access row of this entry."""
    subject = work.translation.subject
    people = () if subject is None else work.unit.person(subject)
    kinds = [kind.value for kind in kinds_of(statements)] if visible else []
    if verdict.state is not EntryState.APPLIED or not visible:
        kinds.append(INBOX_KIND)
    work.unit.append_change(
        people if visible else (), kinds, codes_of(statements) if visible else (), work.now
    )
    recording.note(() if subject is None else (subject,), kinds_of(statements), work.entry.id)
