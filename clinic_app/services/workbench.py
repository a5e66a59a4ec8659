"""The quarantine by cause: what is held for which code, unit or sender, and what a mend would free.

No person's data is needed for it: entries are looked at by the program, and what comes out names codes, units
and senders only.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.entries import BYTES_ERASED, EntryState, Finding, InboxEntry
from clinic_app.model.mending import NOTHING, Concern
from clinic_app.services.applying import raw_entry
from clinic_app.services.gate import Gate
from clinic_app.services.inbox import every_entry
from clinic_app.services.inbox_report import reasons_of
from clinic_app.services.judging import judge
from clinic_app.services.replay import Translate

Examine = Callable[[InboxEntry, Finding], Concern]
"""What a hold of an entry (with its bytes) speaks of."""

_OF_A_SENDER = "UNKNOWN-SENDER"
_NUMBER = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class CauseKey:
    """What makes entries belong together: the profile by which they are read, the code, and the reason
    without the numbers of segments (with the sender, where the reason is the sender).
    """

    profile: str
    code: str
    reason: str
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of the quarantine.

    Attributes:
        mend: what to do; empty where it only ever stands beside another reason.
        concern: the code, unit or sender.
        entry_ids: the entries that it holds, oldest first.
        senders: who sent them, most first.
        since: when the oldest of them came.
    """

    key: CauseKey
    mend: str
    concern: Concern
    entry_ids: tuple[int, ...]
    senders: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of held entries: how many were looked at, would be applied, would be ignored, and
    what would still hold the others, by code.
    """

    looked: int
    applied: int
    ignored: int
    still: tuple[tuple[str, int], ...]

    @property
    def freed(self) -> int:
        """How many would no longer be held."""
        return self.applied + self.ignored


def causes(gate: Gate, profile_of: Callable[[InboxEntry], str], examine: Examine) -> tuple[Cause, ...]:
    """The quarantine by cause; one access row. First what a list can mend, and that which holds most.

    An entry with several reasons stands under each of them.
    """
    grouped: dict[CauseKey, list[tuple[InboxEntry, Finding]]] = {}
    for entry in every_entry(gate, (EntryState.HELD,)):
        for reason in dict.fromkeys(map(_unnumbered, reasons_of(entry))):
            sender = entry.sender if reason.code == _OF_A_SENDER else ""
            key = CauseKey(profile_of(entry), reason.code, reason.text, sender)
            grouped.setdefault(key, []).append((entry, reason))
    found = [_cause(gate, key, [entry for entry, _ in held], examine) for key, held in grouped.items()]
    found.sort(key=lambda one: (one.concern is NOTHING, -len(one.entry_ids), one.key.code, one.key.reason))
    return tuple(found)


def trial(gate: Gate, ids: Iterable[int], translate: Translate) -> Trial:
    """What would become of these entries if they came to be translated so; nothing is written."""
    counts: Counter[EntryState] = Counter()
    still: Counter[str] = Counter()
    for entry_id in ids:
        with gate.processing(Action.REPLAY) as view:
            entry = view.inbox_entry(entry_id)
            if entry is None or entry.flag == BYTES_ERASED:
                continue
            verdict = judge(view, translate(raw_entry(entry)), entry.received_at)
        counts[verdict.state] += 1
        still.update(hold.code for hold in verdict.holds[:1])
    held = tuple(sorted(still.items(), key=lambda pair: (-pair[1], pair[0])))
    return Trial(counts.total(), counts[EntryState.APPLIED], counts[EntryState.IGNORED], held)


def read_under(gate: Gate, version: str) -> Sequence[int]:
    """Ids of the entries that were last translated by this version of a profile, oldest first."""
    ids = [entry.id for entry in every_entry(gate) if version in entry.profile_version]
    return ids[::-1]


def _cause(gate: Gate, key: CauseKey, held: Sequence[InboxEntry], examine: Examine) -> Cause:
    newest = held[0]
    with gate.processing(Action.REPLAY) as view:
        whole = view.inbox_entry(newest.id)
    said = (reason for reason in reasons_of(newest) if _unnumbered(reason) == Finding(key.code, key.reason))
    concern = examine(whole or newest, next(said, Finding(key.code, key.reason)))
    senders = Counter(entry.sender for entry in held)
    return Cause(
        key=key,
        mend=next((one.mend for one in held if (one.code, _bare(one.reason)) == (key.code, key.reason)), ""),
        concern=concern,
        entry_ids=tuple(sorted(entry.id for entry in held)),
        senders=tuple(sorted(senders, key=lambda sender: (-senders[sender], sender))),
        since=min(entry.received_at for entry in held),
    )


def _unnumbered(reason: Finding) -> Finding:
    return Finding(reason.code, _bare(reason.text))


def _bare(text: str) -> str:
    return _NUMBER.sub("", text)
