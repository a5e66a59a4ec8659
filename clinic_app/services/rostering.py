"""Who gets facts: the rule of the roster, as a function of what is listed and of what was sent.

An entry is for the clinic's people if any number in it is listed, is linked to one that is, came in a message
with one that is, or if a rule says that the person comes here. In doubt it is: a result kept too long is
erased later, one that is lost is lost. Everybody else's entries are set aside: counted, their bytes left to
the intake, which lets go of them within a day; until then they are looked at again whenever the roster grows.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from clinic_app.model.access import Action
from clinic_app.model.entries import BATCH, BYTES_ERASED, EntryState, Hold, RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.model.roster import NOT_ROSTERED, RULE, Mention, Name, Roster
from clinic_app.ports.intake import IntakeReader
from clinic_app.ports.store import WorkView, WriteUnit
from clinic_app.services.applying import apply_new
from clinic_app.services.gate import Gate

KEPT: Final = timedelta(hours=23)
"""How long an entry that was set aside keeps its bytes; an hour is left to erase them within the day."""
_AT_ONCE = 500
_OTHER_PERSON = Hold(
    NOT_ROSTERED,
    "it is for a person who is not on this clinic's roster; its bytes are erased within a day",
    "If the person is cared for here, add the number to the roster; after a day, load the history.",
)


class Rostering:
    """The roster in use.

    Attributes:
        grown: whether somebody came onto the roster since `settled`: entries set aside may be theirs.
    """

    def __init__(self, load: Callable[[], Roster | None]) -> None:
        """``load`` gives the listed numbers, the same object while nothing changed; None where no roster is
        kept. It raises EnvironmentFault where the list cannot be read: nobody is then taken for a stranger.
        """
        self._load = load
        self._last: Roster | None = None
        self._everything = True
        self.grown = True

    def settled(self) -> bool:
        """Entries set aside are being looked at; whether all of them must be, since the rules are others."""
        everything, self.grown, self._everything = self._everything, False, False
        return everything

    def current(self) -> Roster | None:
        """The listed numbers; None where no roster is kept."""
        found = self._load()
        if found is not self._last:
            self.grown = True
            before = None if self._last is None else self._last.rules
            self._everything = self._everything or found is None or found.rules != before
        self._last = found
        return found

    def admits(self, unit: WriteUnit, translation: Translation, now: datetime) -> bool:
        """Whether the entry is for somebody on the roster; its other numbers then are on it too."""
        roster, mention = self.current(), translation.mention
        if roster is None or mention is None:
            return True
        roots = roots_of(unit, mention, roster)
        unlisted = [name for name in mention.shared if not roster.roots((name,))]
        if roots and unit.roster.add_members(unlisted, roots, now):
            self.grown = True
        return bool(roots)


def roots_of(view: WorkView, mention: Mention, roster: Roster) -> frozenset[str]:
    """Why a message is for somebody on the roster; empty where it is not."""
    linked = [one for sent in mention.identifiers for one in view.person(sent) if one != sent]
    names = {*mention.names, *(Name.of(one.authority, one.value) for one in linked)}
    members = (root for root in view.roster.roots(names) if roster.holds(root))
    return frozenset((*roster.roots(names), *members, *((RULE,) if mention.here else ())))


def set_aside(unit: WriteUnit, entry: RawEntry, translation: Translation, profile_version: str) -> None:
    """Note an entry for somebody else: a line without content in the inbox, and a count.

    What is no whole message stays held, for a message may be missing; its bytes go all the same.
    """
    mention, bare = translation.mention or Mention(), replace(entry, raw=b"", flag=BYTES_ERASED)
    broken = bool(entry.flag) and bool(translation.holds) and entry.flag == translation.holds[0].code
    state, holds = (EntryState.HELD, translation.holds) if broken else (EntryState.IGNORED, (_OTHER_PERSON,))
    unit.put_entry(bare, state, holds, (), None, None, profile_version)
    unit.roster.set_aside(entry.id, entry.received_at, entry.sender, mention.names, not broken)


def kept_bare(unit: WriteUnit, entry: RawEntry) -> RawEntry:
    """A batch holds the messages of many people, each an entry of its own: its own bytes are not kept."""
    unit.roster.set_aside(entry.id, entry.received_at, entry.sender, (), counted=False)
    return replace(entry, raw=b"", flag=BYTES_ERASED)


def is_batch(entry: RawEntry) -> bool:
    """Whether the entry is a frame or file of several messages."""
    return entry.type == BATCH


def recall(
    gate: Gate,
    rostering: Rostering,
    intake: IntakeReader,
    translate: Callable[[RawEntry], Translation],
    profile_version: str,
    now: datetime,
) -> tuple[Identifier, ...]:
    """Record what was set aside for people who are on the roster by now, until nobody else comes onto it.

    Returns the identifiers that became known by it, as `clinic_app.services.record.record_entries` does.
    """
    moved: dict[Identifier, None] = {}
    roster = rostering.current()
    while rostering.grown:
        everything = rostering.settled()
        for entry_id in _candidates(gate, None if everything else roster, now):
            entry = intake.entry(entry_id)
            if entry is None or is_batch(entry):
                continue
            translation = translate(entry)
            with gate.recording(Action.RECORD) as recording:
                if not rostering.admits(recording.unit, translation, now):
                    continue
                recording.unit.roster.take_back(entry_id)
                applied = apply_new(recording, entry, translation, profile_version, now)
            if applied.moved is not None:
                moved[applied.moved] = None
    return tuple(moved)


def _candidates(gate: Gate, roster: Roster | None, now: datetime) -> Sequence[int]:
    with gate.processing(Action.RECORD) as view:
        if roster is None:  # other rules, or no roster any more: anybody may be cared for here
            return view.roster.set_aside_before(now + timedelta(days=1), 1_000_000)
        linked = {other for one in roster.identifiers for other in view.person(one)}
        names = {*roster.names, *(Name.of(one.authority, one.value) for one in linked)}
        return sorted({*view.roster.set_aside_for(names), *view.roster.set_aside_for_members()})


def due(gate: Gate, now: datetime) -> Sequence[int]:
    """The next entries whose bytes are to be erased from the intake."""
    with gate.processing(Action.RECORD) as view:
        return view.roster.set_aside_before(now - KEPT, _AT_ONCE)


def forget(gate: Gate, entry_ids: Sequence[int]) -> None:
    """After their bytes are erased: let go of whom they named, and of their lines in the inbox."""
    with gate.recording(Action.RECORD) as recording:
        recording.unit.roster.forget(entry_ids)
