"""``commonground inbox report``: what each sender sent and what became of it, ready to be mailed."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, timedelta

from clinic_app.app.checker import EVERY, is_message
from clinic_app.app.compose import Clinic
from clinic_app.app.inbox_view import conformance_file, received_entry
from clinic_app.app.output import plain, print_json
from clinic_app.model.entries import EntryState, Finding, InboxEntry, RawEntry
from clinic_app.model.errors import EnvironmentFault
from clinic_app.services import inbox
from clinic_app.services.inbox_report import CheckLag, SenderSummary, Tally, TypeSummary, summarise
from clinic_app.store.conformance import ConformanceFile

_PAGE = 100
_STATES = (EntryState.APPLIED, EntryState.HELD, EntryState.IGNORED, EntryState.RECEIVED)


def report(clinic: Clinic, arguments: argparse.Namespace) -> int:
    """Sum up what came, by sender and type. Returns the exit status.

    It holds codes, units and places, and inbox ids to look them up by; never what was said about a person.
    """
    since: date | None = arguments.since
    now = clinic.now()
    remarks, lag = _checked(clinic)
    chosen = (entry for entry in _entries(clinic) if _wanted(entry, arguments.sender, since, now))
    senders = summarise(chosen, remarks)
    if arguments.json:
        print_json(_plain_form(senders, lag, since, now))
    else:
        for line in _lines(senders, lag, since, now):
            sys.stdout.write(plain(line) + "\n")
    return 0


def _wanted(entry: InboxEntry, sender: str | None, since: date | None, now: datetime) -> bool:
    if sender is not None and entry.sender != sender:
        return False
    return since is None or entry.received_at.astimezone(now.tzinfo).date() >= since


def _entries(clinic: Clinic) -> Iterator[InboxEntry]:
    """Those of the main store, and those that still wait in the intake, each once."""
    last = inbox.last_entry_id(clinic.gate)
    yield from (entry for entry in inbox.every_entry(clinic.gate) if entry.id <= last)
    yield from (received_entry(raw) for raw in _landed(clinic, last))


def _landed(clinic: Clinic, after: int) -> Iterator[RawEntry]:
    intake = clinic.intake_reader()
    while page := intake.after(after, _PAGE):
        yield from page
        after = page[-1].id


def _checked(clinic: Clinic) -> tuple[dict[int, Sequence[Finding]], CheckLag | None]:
    """What the structure check said, and how far it is behind; None where that cannot be read now."""
    with suppress(EnvironmentFault), conformance_file(clinic) as file:
        return ({} if file is None else file.all_findings()), _lag(clinic, file)
    return {}, None


def _lag(clinic: Clinic, file: ConformanceFile | None) -> CheckLag:
    waiting, oldest = 0, None
    for entry in _landed(clinic, file.place(EVERY) if file else 0):
        if is_message(entry) and not (file and file.checked(entry.id)):
            waiting += 1
            oldest = min(oldest or entry.received_at, entry.received_at)
    return CheckLag(waiting, oldest)


def _lines(
    senders: Sequence[SenderSummary], lag: CheckLag | None, since: date | None, now: datetime
) -> Iterator[str]:
    period = f"received since {since.isoformat()}" if since else "received so far"
    yield f"What was {period}, as of {now:%Y-%m-%d %H:%M %Z}".rstrip()
    yield "This report names codes, units, places and our inbox numbers. It holds no patient's data."
    for sender in senders:
        yield from ("", f"From {sender.sender.strip('|') or 'a sender without a name (MSH-3, MSH-4)'}")
        for kind in sender.types:
            yield from _of_type(kind)
        yield from _unknown("Codes that our profile does not know", sender.codes)
        yield from _unknown("Units that our profile does not know", sender.units)
    if not senders:
        yield from ("", "Nothing was received.")
    yield from ("", _lag_words(lag, now))


def _of_type(kind: TypeSummary) -> Iterator[str]:
    counts = ", ".join(f"{kind.states[state]} {_word(state)}" for state in _STATES if kind.states.get(state))
    yield f"  {kind.type or 'no message type'}: {kind.received} received ({counts})"
    for tally in kind.reasons:
        yield f"    held      {_tally(tally)}"
    for tally in kind.findings:
        yield f"    remarked  {_tally(tally)}"


def _word(state: EntryState) -> str:
    return "not yet looked at" if state is EntryState.RECEIVED else state.value


def _tally(tally: Tally) -> str:
    messages = "message" if tally.entries == 1 else "messages"
    places = f", at {', '.join(tally.places)}" if tally.places else ""
    times = f"{tally.count} times in " if tally.count != tally.entries else ""
    return f"{tally.code}: {times}{tally.entries} {messages}{places} (for example no. {tally.example})"


def _unknown(heading: str, counted: Sequence[tuple[str, int]]) -> Iterator[str]:
    if counted:
        yield f"  {heading}:"
    for name, count in counted:
        yield f"    {name}: {count}"


def _lag_words(lag: CheckLag | None, now: datetime) -> str:
    if lag is None:
        return "Structure check: its results cannot be read now; `commonground doctor` says why."
    if lag.oldest is None:
        return "Structure check (hl7apy): every message was looked at."
    have = "message has" if lag.waiting == 1 else "messages have"
    age = _age(now - lag.oldest)
    return f"Structure check (hl7apy): {lag.waiting} {have} not been looked at yet, the oldest for {age}."


def _age(passed: timedelta) -> str:
    minutes = max(0, int(passed.total_seconds() // 60))
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        count = minutes // size
        if count:
            return f"{count} {word}" + ("s" if count > 1 else "")
    return "less than a minute"


def _plain_form(
    senders: Sequence[SenderSummary], lag: CheckLag | None, since: date | None, now: datetime
) -> dict[str, object]:
    """The documented fields of ``inbox report --json``."""
    oldest = lag.oldest if lag else None
    return {
        "made_at": now.isoformat(),
        "since": since.isoformat() if since else None,
        "checking": None
        if lag is None
        else {
            "waiting": lag.waiting,
            "oldest": oldest.isoformat() if oldest else None,
            "oldest_age_seconds": max(0, int((now - oldest).total_seconds())) if oldest else None,
        },
        "senders": [
            {
                "sender": one.sender,
                "types": [_type_form(kind) for kind in one.types],
                "unknown_codes": [{"code": name, "count": count} for name, count in one.codes],
                "unknown_units": [{"unit": name, "count": count} for name, count in one.units],
            }
            for one in senders
        ],
    }


def _type_form(kind: TypeSummary) -> dict[str, object]:
    return {
        "type": kind.type,
        "received": kind.received,
        "applied": kind.states.get(EntryState.APPLIED, 0),
        "held": kind.states.get(EntryState.HELD, 0),
        "ignored": kind.states.get(EntryState.IGNORED, 0),
        "waiting": kind.states.get(EntryState.RECEIVED, 0),
        "reasons": [asdict(tally) for tally in kind.reasons],
        "findings": [asdict(tally) for tally in kind.findings],
    }
