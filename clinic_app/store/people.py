"""People in tables: links, who is known, birth dates, the patient list, refusals of consent."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_new

from clinic_app.model.facts import FactStatus
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link, PatientRow
from clinic_app.store.anchor import anchor
from clinic_app.store.facts import newer_version_of
from clinic_app.store.identifiers import IdentifierBook
from clinic_app.store.order import in_order
from clinic_app.store.prepared import Prepared
from clinic_app.store.rows import time_of, time_text
from clinic_app.store.tables import confirmed_birth_date, fact, identifier, inbox, link

_WITHDRAWN = FactStatus.WITHDRAWN.rank
_JOINED = (link.c.latest == 1, link.c.active == 1)


_NEAR = Prepared(
    select(link.c.second_id)
    .where(*_JOINED, link.c.first_id == bindparam("number"))
    .union(select(link.c.first_id).where(*_JOINED, link.c.second_id == bindparam("number")))
)
_DEMOGRAPHICS = (fact.c.identifier_id == bindparam("number"), fact.c.kind == "patient", fact.c.retracted == 0)
_KNOWN = Prepared(select(fact.c.id).where(*_DEMOGRAPHICS).limit(1))
_INTRODUCED = Prepared(
    select(fact.c.day, func.min(fact.c.sent_at))
    .where(*_DEMOGRAPHICS, fact.c.day.is_not(None))
    .group_by(fact.c.day)
)
_STATED = Prepared(
    select(inbox.c.birth_date, func.count())
    .where(inbox.c.subject_id == bindparam("number"), inbox.c.birth_date.is_not(None))
    .group_by(inbox.c.birth_date)
)
_CONFIRMED = Prepared(
    select(confirmed_birth_date.c.id, confirmed_birth_date.c.birth_date).where(
        confirmed_birth_date.c.identifier_id == bindparam("number")
    )
)


def person(connection: Connection, book: IdentifierBook, start: Identifier) -> tuple[Identifier, ...]:
    """All identifiers that active links join to this one, itself included, sorted."""
    if start not in book.persons:
        book.persons[start] = _joined(connection, book, start)
    return book.persons[start]


def _joined(connection: Connection, book: IdentifierBook, start: Identifier) -> tuple[Identifier, ...]:
    number = book.number(start)
    if number is None:
        return (start,)
    together, edge = {number}, [number]
    while edge:
        near = {row[0] for row in _NEAR.rows(connection, number=edge.pop())} - together
        together |= near
        edge.extend(near)
    return tuple(sorted(book.names(together).values())) if len(together) > 1 else (start,)


def known(connection: Connection, book: IdentifierBook, who: Identifier) -> bool:
    """Whether a patient fact (hidden or not) is there that its entry still states."""
    return bool(_KNOWN.rows(connection, number=book.number(who)))


def birth_dates(connection: Connection, book: IdentifierBook, who: Identifier) -> tuple[Moment, ...]:
    """Anchors of the person's EHR identifiers, then the confirmed dates, each once."""
    numbers = book.numbers(one for one in person(connection, book, who) if not one.from_portal)
    rows = sorted(row for number in numbers for row in _CONFIRMED.rows(connection, number=number))
    confirmed = [date for _, date in rows]
    anchors = [_anchor(connection, number, confirmed) for number in numbers]
    dates = [*(date for date in anchors if date is not None), *confirmed]
    return tuple(Moment(date) for date in dict.fromkeys(dates))


def _anchor(connection: Connection, number: int, confirmed: Sequence[str]) -> str | None:
    introduced = {row[0]: row[1] for row in _INTRODUCED.rows(connection, number=number)}
    return anchor(
        introduced, confirmed, lambda: [(row[0], row[1]) for row in _STATED.rows(connection, number=number)]
    )


def confirm_birth_date(
    connection: Connection, book: IdentifierBook, who: Identifier, birth_date: Moment, by: str, at: datetime
) -> None:
    """Record that a person confirmed it; a second confirmation of the same date adds nothing."""
    connection.execute(
        insert_new(confirmed_birth_date).on_conflict_do_nothing(
            index_elements=("identifier_id", "birth_date")
        ),
        {
            "identifier_id": book.ensure(who),
            "birth_date": birth_date.text,
            "confirmed_by": by,
            "at": time_text(at),
        },
    )


def identifiers_with_value(
    connection: Connection, book: IdentifierBook, value: str
) -> tuple[Identifier, ...]:
    """Known EHR identifiers with this value."""
    rows = connection.execute(
        select(identifier.c.authority).where(identifier.c.value == value, identifier.c.authority != PORTAL)
    ).scalars()
    candidates = sorted(Identifier(authority, value) for authority in rows.all())
    return tuple(one for one in candidates if known(connection, book, one))


def add_link(connection: Connection, book: IdentifierBook, made: Link) -> None:
    """Append a link row; earlier rows of the same pair stay on record."""
    book.persons.clear()
    first, second = book.ensure(made.first), book.ensure(made.second)
    connection.execute(
        update(link)
        .where(link.c.first_id.in_((first, second)), link.c.second_id.in_((first, second)))
        .values(latest=0)
    )
    connection.execute(
        insert(link),
        {
            "first_id": first,
            "second_id": second,
            "made_by": made.by,
            "at": time_text(made.at),
            "active": int(made.active),
            "latest": 1,
        },
    )


def links(connection: Connection, book: IdentifierBook, who: Identifier) -> Sequence[Link]:
    """Link rows that touch this identifier, oldest first."""
    number = book.number(who)
    rows = connection.execute(
        select(link).where(or_(link.c.first_id == number, link.c.second_id == number)).order_by(link.c.id)
    ).all()
    names = book.names(end for row in rows for end in (row.first_id, row.second_id))
    return [
        Link(names[row.first_id], names[row.second_id], row.made_by, time_of(row.at), bool(row.active))
        for row in rows
    ]


def merged(connection: Connection, book: IdentifierBook) -> Sequence[Link]:
    """Active links between two EHR identifiers, newest first."""
    rows = connection.execute(select(link).where(*_JOINED).order_by(link.c.id.desc())).all()
    names = book.names(end for row in rows for end in (row.first_id, row.second_id))
    return [
        Link(names[row.first_id], names[row.second_id], row.made_by, time_of(row.at))
        for row in rows
        if not (names[row.first_id].from_portal or names[row.second_id].from_portal)
    ]


def refused(connection: Connection, book: IdentifierBook, purpose: str) -> Sequence[Identifier]:
    """Identifiers under which somebody at some time refused this purpose: those worth asking `consent`
    about.
    """
    rows = connection.execute(
        select(fact.c.identifier_id)
        .distinct()
        .where(fact.c.kind == "consent", fact.c.code == purpose, fact.c.value == "no", fact.c.hidden == 0)
    ).scalars()
    return sorted(book.names(rows).values())


class _Demographics(NamedTuple):
    order: tuple[str, str]
    name: str
    birth_date: str | None
    sex: str


def patients(connection: Connection, book: IdentifierBook, on: date) -> Sequence[PatientRow]:
    """One row per person; see `Snapshot.patients`."""
    demographics = _current_demographics(connection)
    leaders = _leaders(connection)
    appointments = _next_appointments(connection, on)
    submissions = _last_submissions(connection)
    members: dict[int, list[int]] = defaultdict(list)
    for number in {*demographics, *leaders}:
        members[leaders.get(number, number)].append(number)
    names = book.names(number for group in members.values() for number in group)
    rows = []
    for group in members.values():
        here = sorted(
            (names[number], number)
            for number in group
            if number in demographics and not names[number].from_portal
        )
        if here:
            newest = max((demographics[number] for _, number in here), key=lambda found: found.order)
            rows.append(
                PatientRow(
                    here[0][0],
                    newest.name,
                    None if newest.birth_date is None else Moment(newest.birth_date),
                    newest.sex,
                    *_first_appointment(appointments, group),
                    _latest(submissions, group),
                )
            )
    return in_order(rows, on)


def _current_demographics(connection: Connection) -> dict[int, _Demographics]:
    """Of each EHR identifier: its current version (of each key), and of these the one sent last."""
    order = fact.c.status.concat(" ").concat(fact.c.sent_at).concat(" ").concat(fact.c.content_hash)
    # With a single max() SQLite takes the other columns from the row that has it; PostgreSQL: DISTINCT ON.
    rows = connection.execute(
        select(
            fact.c.identifier_id,
            func.max(order),
            fact.c.status,
            fact.c.sent_at,
            fact.c.content_hash,
            fact.c.name,
            fact.c.day,
            fact.c.text,
        )
        .where(fact.c.kind == "patient", fact.c.hidden == 0)
        .group_by(fact.c.identifier_id, fact.c.key)
    )
    found: dict[int, _Demographics] = {}
    for number, _, status, sent_at, content_hash, name, day, sex in rows:
        one = _Demographics((sent_at, content_hash), name, day, sex)
        if status != _WITHDRAWN and (number not in found or found[number].order < one.order):
            found[number] = one
    return found


def _leaders(connection: Connection) -> dict[int, int]:
    """Of each linked identifier: the number that stands for its person."""
    leaders: dict[int, int] = {}
    groups: dict[int, set[int]] = {}
    for first, second in connection.execute(select(link.c.first_id, link.c.second_id).where(*_JOINED)):
        one = groups.setdefault(leaders.get(first, first), {first})
        other = groups.setdefault(leaders.get(second, second), {second})
        joined = one | other
        leader = min(joined)
        groups[leader] = joined
        leaders.update(dict.fromkeys(joined, leader))
    return leaders


def _next_appointments(connection: Connection, on: date) -> dict[int, Row[*tuple[Any, ...]]]:
    """Of each identifier: its first current booking from that day."""
    later = fact.alias()
    rows = connection.execute(
        select(fact.c.identifier_id, fact.c.day, fact.c.text)
        .where(
            fact.c.kind == "appointment",
            fact.c.day >= on.isoformat(),
            fact.c.note == "booked",
            fact.c.hidden == 0,
            fact.c.status != _WITHDRAWN,
            ~exists().where(newer_version_of(fact, later)),
        )
        .order_by(fact.c.day.desc(), fact.c.text.desc())
    )
    return {row.identifier_id: row for row in rows}


def _first_appointment(
    appointments: dict[int, Row[*tuple[Any, ...]]], group: Sequence[int]
) -> tuple[Moment | None, str]:
    booked = [
        (appointments[number].day, appointments[number].text) for number in group if number in appointments
    ]
    if not booked:
        return None, ""
    start, place = min(booked)
    return Moment(start), place


def _last_submissions(connection: Connection) -> dict[int, str]:
    latest = (
        select(func.max(inbox.c.received_at))
        .where(inbox.c.subject_id == identifier.c.id, inbox.c.withheld == 0)
        .scalar_subquery()
    )
    rows = connection.execute(select(identifier.c.id, latest).where(identifier.c.authority == PORTAL))
    return {number: received for number, received in rows if received is not None}


def _latest(submissions: dict[int, str], group: Sequence[int]) -> datetime | None:
    times = [submissions[number] for number in group if number in submissions]
    return time_of(max(times)) if times else None
