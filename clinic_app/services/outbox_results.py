"""What the EHR is still to be told of a portal person's submissions: a comparison of the facts as they stand
with what was queued before. It depends on these two alone, so that it may be made again at any time.

A submission is one resource of the portal. What is new goes out as final; what was changed, as corrected;
what was taken back, as deleted; and what went out about another person (a link that was undone), as wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from clinic_app.model.access import Purpose
from clinic_app.model.bodies import Answer, Demographics, Measurement
from clinic_app.model.consents import consent_of, current
from clinic_app.model.facts import Fact, FactKind, FactStatus
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Addressee, ReportedItem
from clinic_app.model.outbox import EHR, RESULTS, OutboxItem, OutboxMessage, OutboxState, Standing
from clinic_app.ports.store import PeopleView, Snapshot

KINDS = (FactKind.MEASUREMENT, FactKind.ANSWER)
"""Kinds of facts that a result can be; topics, goals and consent never leave."""

Thread = tuple[str, Identifier]
"""A submission as told about one person: source and subject."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be built.

    Attributes:
        key: idempotency key: of the same state after the same predecessor. patient: whom it names.
        items: what the outbox keeps of its results; reported: the same with their content.
        corrects: whether an earlier version went out. facts: ids of the facts it came from.
    """

    key: str
    origin: Identifier
    source: str
    patient: Addressee
    items: tuple[OutboxItem, ...]
    reported: tuple[ReportedItem, ...]
    corrects: bool
    facts: tuple[int, ...]


def drafts(view: Snapshot, origin: Identifier, series: frozenset[str], since: datetime) -> Sequence[Draft]:
    """What is to be sent for this person of the portal; empty where everything was said, and where they
    refuse that their data are used for care.

    ``series``: those that may leave. ``since``: submissions recorded before are none of ours.
    """
    people = view.person(origin)
    threads = _threads(view.outbox_from(origin))
    made = [_wrong(view, origin, thread, rows) for thread, rows in threads.items() if thread[1] not in people]
    if not refuses(view, people):
        told = {source for source, _ in threads}
        for source, facts in _submissions(view.facts((origin,), KINDS), since, told).items():
            subject = _subject(view, people, source, threads)
            if subject is not None:
                rows = threads.get((source, subject), [])
                made.append(_told(view, origin, (source, subject), rows, facts, series))
    return [draft for draft in made if draft is not None]


def order_id(origin: Identifier, source: str, subject: Identifier) -> str:
    """Our number of a submission towards the EHR: 18 letters and digits, without meaning."""
    return "CG" + digest(str(origin), source, str(subject))[:16]


def addressee(view: Snapshot, subject: Identifier) -> Addressee:
    """Name, birth date and sex that the EHR gave last for this number."""
    said = [
        (stated.sent_at, stated.content_hash, stated.body)
        for stated in current(view.facts((subject,), (FactKind.PATIENT,)))
        if isinstance(stated.body, Demographics)
    ]
    if not said:
        return Addressee(subject)
    body = max(said, key=lambda one: one[:2])[2]
    return Addressee(subject, body.family, body.given, body.birth_date, body.sex)


def refuses(view: PeopleView, people: Sequence[Identifier]) -> bool:
    """Whether these people, who are one, refuse that such data are used for care."""
    facts = view.facts(people, (FactKind.CONSENT,))
    return any(consent_of(facts, Purpose.CARE, kind) is False for kind in KINDS)


def _threads(rows: Iterable[OutboxMessage]) -> dict[Thread, list[OutboxMessage]]:
    found: dict[Thread, list[OutboxMessage]] = {}
    for row in rows:
        found.setdefault((row.source, row.subject), []).append(row)
    return found


def _submissions(facts: Iterable[Fact], since: datetime, told: set[str]) -> Mapping[str, Sequence[Fact]]:
    """The current version of each result, by submission."""
    newest: dict[str, Fact] = {}
    recorded: dict[str, datetime] = {}
    for fact in facts:
        key = fact.statement.key
        source = _source(key)
        recorded[source] = max(fact.recorded_at, recorded.get(source, fact.recorded_at))
        if key not in newest or newest[key].statement.order < fact.statement.order:
            newest[key] = fact
    found: dict[str, list[Fact]] = {}
    for key in sorted(newest):
        source = _source(key)
        if source in told or recorded[source] >= since:
            found.setdefault(source, []).append(newest[key])
    return found


def _source(key: str) -> str:
    """``Type/id`` of a key such as ``QuestionnaireResponse/7/weight``."""
    return "/".join(key.split("/")[:2])


def _subject(
    view: Snapshot, people: Sequence[Identifier], source: str, threads: Mapping[Thread, object]
) -> Identifier | None:
    """The EHR's number: the one already told of the submission, else the person's first known one."""
    here = [one for one in people if not one.from_portal and view.known(one)]
    told = [one for one in here if (source, one) in threads]
    return next(iter(told or here), None)


def _told(
    view: Snapshot,
    origin: Identifier,
    thread: Thread,
    rows: Sequence[OutboxMessage],
    facts: Sequence[Fact],
    series: frozenset[str],
) -> Draft | None:
    wanted = {fact.statement.key: fact for fact in facts if _stands(fact, series)}
    contents = {key: _content(fact) for key, fact in wanted.items()}
    if _standing(_counting(rows)[-1:], series) == contents:
        return None
    out = _out(rows)
    before = {item.key: item for item in out[-1].items if item.series in series} if out else {}
    items, reported = [], []
    for key, fact in wanted.items():
        standing = _now(before.get(key), contents[key])
        items.append(OutboxItem(key, fact.statement.code, standing, contents[key]))
        reported.append(_reported(fact, standing))
    for key, item in before.items():
        if key not in wanted and item.standing.stands:
            items.append(OutboxItem(key, item.series, Standing.DELETED))
            reported.append(ReportedItem(item.series, Standing.DELETED))
    if not items:
        return None
    ids = tuple(fact.id for fact in facts)
    return _draft(view, origin, thread, rows, items, reported, bool(out), ids)


def _wrong(view: Snapshot, origin: Identifier, thread: Thread, rows: Sequence[OutboxMessage]) -> Draft | None:
    """Takes back what was said about somebody to whom it does not belong."""
    out, said = _out(rows), _counting(rows)[-1:]
    stood = [item for item in out[-1].items if item.standing.stands] if out else []
    if not stood or any(item.standing is Standing.WRONG for row in said for item in row.items):
        return None
    items = [OutboxItem(item.key, item.series, Standing.WRONG) for item in stood]
    reported = [ReportedItem(item.series, Standing.WRONG) for item in stood]
    return _draft(view, origin, thread, rows, items, reported, True, ())


def _counting(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    return [row for row in rows if row.counts]


def _out(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Those that the receiver may have, or will: one that was given up before its first attempt corrects
    nothing.
    """
    return [row for row in _counting(rows) if row.attempts or row.state is not OutboxState.GIVEN_UP]


def _draft(
    view: Snapshot,
    origin: Identifier,
    thread: Thread,
    rows: Sequence[OutboxMessage],
    items: Sequence[OutboxItem],
    reported: Sequence[ReportedItem],
    corrects: bool,
    facts: tuple[int, ...],
) -> Draft:
    source, subject = thread
    predecessor = rows[-1].key if rows else ""
    state = [part for item in items for part in (item.key, item.standing.value, item.content)]
    key = digest(EHR, RESULTS, str(origin), source, str(subject), predecessor, *state)
    return Draft(
        key, origin, source, addressee(view, subject), tuple(items), tuple(reported), corrects, facts
    )


def _standing(rows: Sequence[OutboxMessage], series: frozenset[str]) -> dict[str, str]:
    """What the newest message says that stands, of the series that may leave now."""
    return {
        item.key: item.content
        for row in rows
        for item in row.items
        if item.standing.stands and item.series in series
    }


def _stands(fact: Fact, series: frozenset[str]) -> bool:
    """Whether there is something to say: a value or words, of a series that may leave."""
    stated = fact.statement
    if stated.status in (FactStatus.WITHDRAWN, FactStatus.REGISTERED) or stated.code not in series:
        return False
    match stated.body:
        case Measurement():
            return stated.body.value is not None or bool(stated.body.text.strip())
        case Answer():
            return bool(stated.body.text.strip())
    return False


def _now(before: OutboxItem | None, content: str) -> Standing:
    if before is None:
        return Standing.FINAL
    return before.standing if before.content == content and before.standing.stands else Standing.CORRECTED


def _reported(fact: Fact, standing: Standing) -> ReportedItem:
    stated = fact.statement
    assert isinstance(stated.body, Measurement | Answer)  # noqa: S101 - `_stands` let only these through
    return ReportedItem(stated.code, standing, stated.body, stated.at, stated.source)


def _content(fact: Fact) -> str:
    """Digest of all that is sent of a result: not its note, nor who in the family wrote it."""
    stated = fact.statement
    body = stated.body
    said = (
        (str(body.value), body.text if body.value is None else "", body.comparator, body.unit)
        if isinstance(body, Measurement)
        else (body.text if isinstance(body, Answer) else "",)
    )
    return digest(stated.code, stated.at.text if stated.at else "", stated.source, *said)[:16]


def digest(*parts: str) -> str:
    """32 hexadecimal digits; the lengths keep parts from running into each other."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
