"""The quarantine as the staff window shows it to IT: causes with counts, what can be chosen to mend one, and
what that would free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clinic_app.model.access import LookReason
from clinic_app.model.entries import InboxEntry
from clinic_app.model.laid_out import LaidOut
from clinic_app.model.mending import Concern, Mend
from clinic_app.model.words import Words
from clinic_app.services.replay import ReplayReport as ReplayReport
from clinic_app.services.workbench import Cause as Cause
from clinic_app.services.workbench import Trial as Trial
from clinic_app.viewmodels import mend_words
from clinic_app.viewmodels.feeds import held_badge
from clinic_app.viewmodels.mend_words import ListLine
from clinic_app.viewmodels.message_lines import MessageLine, message_lines
from clinic_app.viewmodels.saying import ago_words

_SENDERS_NAMED = 2


@dataclass(frozen=True, slots=True)
class Undoable:
    """The mend that was written last, and can be undone."""

    concern: Concern
    mend: Mend
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HeldWork:
    """The quarantine by cause, and what can be undone."""

    causes: Sequence[Cause]
    undo: Undoable | None


class WorkbenchServices(Protocol):
    """What the page needs of the clinic; every method but `now` may block."""

    def now(self) -> datetime:
        """The present."""
        ...

    def held_work(self) -> HeldWork:
        """The quarantine by cause; one access row."""
        ...

    def choices(self, cause: Cause) -> tuple[Mend, ...]:
        """What can be chosen to mend it."""
        ...

    def read_held(self, entry_id: int, reason: LookReason | None) -> tuple[InboxEntry, LaidOut]:
        """One entry with its message: masked, or with its values where a reason is given (that is logged)."""
        ...

    def try_mend(self, cause: Cause, mend: Mend) -> Trial:
        """What would become of the held entries; nothing is written."""
        ...

    def apply_mend(self, cause: Cause, mend: Mend) -> ReplayReport:
        """Write it into the profile, and look again at what the cause holds."""
        ...

    def replay(self, cause: Cause) -> ReplayReport:
        """Look again at what the cause holds."""
        ...

    def undo_mend(self) -> ReplayReport:
        """Put the former profile back, and look again at what was read by the mended one."""
        ...


@dataclass(frozen=True, slots=True)
class CauseDetail:
    """What is said of the chosen cause.

    Attributes:
        question: what is to be chosen; empty where nothing can be.
        mend: what to do where nothing can be chosen.
    """

    title: str
    note: str
    question: str
    mend: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry laid out.

    Attributes:
        heading: type, sender and number.
        place: which of how many it is, and when it came.
        masked: whether its values are hidden.
    """

    heading: str
    place: str
    masked: bool
    lines: tuple[MessageLine, ...]


def look_reasons(words: Words) -> tuple[tuple[LookReason, str], ...]:
    """Why somebody may ask for the values, in words."""
    return (
        (LookReason.CODE_MAP, words("to mend a code or unit")),
        (LookReason.SENDER, words("to report it to the sender")),
        (LookReason.IDENTITY, words("to find out whom it is about")),
        (LookReason.OTHER, words("another reason")),
    )


class HasWorkbench(Protocol):
    """Where the workbench is found; looking for it the first time may block."""

    @property
    def workbench(self) -> WorkbenchServices:
        """The quarantine, for IT."""
        ...


class WorkbenchModel:
    """State behind the page; methods that block are named ``read_…`` and ``do_…``."""

    def __init__(self, desk: HasWorkbench, words: Words) -> None:
        self._desk, self._words = desk, words

    @property
    def _services(self) -> WorkbenchServices:
        return self._desk.workbench

    def read_work(self) -> HeldWork:
        """The quarantine by cause."""
        return self._services.held_work()

    def read_choices(self, cause: Cause) -> tuple[Mend, ...]:
        """What can be chosen."""
        return self._services.choices(cause)

    def read_entry(self, cause: Cause, number: int, reason: LookReason | None) -> EntryView:
        """The entry of this number (from 0, the newest first) of a cause."""
        ids = cause.entry_ids[::-1]
        entry, laid = self._services.read_held(ids[number], reason)
        ago = ago_words(self._words, entry.received_at, self._services.now())
        place = self._words("{number} of {count}, {ago}", number=number + 1, count=len(ids), ago=ago)
        return _entry_view(entry, laid, place, reason is None, self._words)

    def read_trial(self, cause: Cause, mend: Mend) -> Trial:
        """What a choice would free."""
        return self._services.try_mend(cause, mend)

    def do_apply(self, cause: Cause, mend: Mend) -> tuple[ReplayReport, HeldWork]:
        """Write it, replay, and read what is left."""
        return self._services.apply_mend(cause, mend), self._services.held_work()

    def do_replay(self, cause: Cause) -> tuple[ReplayReport, HeldWork]:
        """Look again, and read what is left."""
        return self._services.replay(cause), self._services.held_work()

    def do_undo(self) -> tuple[ReplayReport, HeldWork]:
        """Undo, and read what is held then."""
        return self._services.undo_mend(), self._services.held_work()

    def badge(self, work: HeldWork) -> str:
        """The words of the button that leads here; empty where nothing is held."""
        return held_badge(_held_in(work), self._words)

    def summary(self, work: HeldWork) -> str:
        """One sentence above the causes."""
        if not work.causes:
            return self._words("Nothing is held.")
        count = len(work.causes)
        entries = _held_in(work)
        held = self._words.plural("{count} entry is held", "{count} entries are held", entries)
        why = self._words.plural("{count} cause", "{count} causes", count)
        return f"{held} · {why}"

    def cause_lines(self, work: HeldWork) -> tuple[ListLine, ...]:
        """The causes as lines."""
        return tuple(self._cause_line(cause) for cause in work.causes)

    def detail(self, cause: Cause, choices: Sequence[Mend]) -> CauseDetail:
        """What is said of one cause."""
        question = mend_words.question(cause.concern.kind, self._words) if choices else ""
        since = ago_words(self._words, cause.since, self._services.now())
        count = self._words.plural("{count} entry is held", "{count} entries are held", len(cause.entry_ids))
        oldest = self._words("the oldest came {ago}", ago=since)
        note = f"{count}, {oldest} · {cause.key.code}"
        mend = "" if choices else mend_words.mend_of(cause, self._words)
        return CauseDetail(mend_words.title(cause, self._words), note, question, mend)

    def choice_lines(self, concern: Concern, choices: Sequence[Mend]) -> tuple[ListLine, ...]:
        """The choices as lines."""
        return tuple(mend_words.choice(concern, mend, self._words) for mend in choices)

    def matching(self, concern: Concern, choices: Sequence[Mend], text: str) -> tuple[Mend, ...]:
        """The choices in whose words every word of a search stands."""
        parts = text.casefold().split()
        lines = self.choice_lines(concern, choices)
        found = zip(choices, (f"{one.title} {one.note}".casefold() for one in lines), strict=True)
        return tuple(mend for mend, said in found if all(part in said for part in parts))

    def trial_words(self, trial: Trial) -> str:
        """What a choice would free, in one or two sentences."""
        return mend_words.trial(trial, self._words)

    def done_words(self, report: ReplayReport) -> str:
        """What a replay did."""
        return mend_words.done(report, self._words)

    def undo_words(self, work: HeldWork) -> str:
        """What can be undone; empty where nothing can."""
        if work.undo is None:
            return ""
        what = mend_words.summary(work.undo.concern, work.undo.mend, self._words)
        ago = ago_words(self._words, work.undo.at, self._services.now())
        return self._words("Last change: {what} ({account}, {ago})", what=what, account=work.undo.by, ago=ago)

    def _cause_line(self, cause: Cause) -> ListLine:
        named = [sender.strip("|") or "?" for sender in cause.senders[:_SENDERS_NAMED]]
        more = ["…"] if len(cause.senders) > _SENDERS_NAMED else []
        note = mend_words.note(cause, self._words)
        parts = [part for part in (note, ", ".join([*named, *more])) if part]
        mendable = bool(mend_words.question(cause.concern.kind, self._words))
        title = mend_words.title(cause, self._words)
        return ListLine(title, " · ".join(parts), str(len(cause.entry_ids)), mendable)


def _held_in(work: HeldWork) -> int:
    return len({one for cause in work.causes for one in cause.entry_ids})


def _entry_view(entry: InboxEntry, laid: LaidOut, place: str, masked: bool, words: Words) -> EntryView:
    kind, sender = entry.type or "?", entry.sender.strip("|") or "?"
    heading = words("Entry {number}: {type} from {sender}", number=entry.id, type=kind, sender=sender)
    return EntryView(heading, place, masked, message_lines(laid))
