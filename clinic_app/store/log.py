"""Access rows and change rows in tables: both are only ever appended."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, bindparam, func, insert, select

from clinic_app.model.access import SYSTEM, AccessRow, Change
from clinic_app.model.identity import Identifier
from clinic_app.store.identifiers import IdentifierBook
from clinic_app.store.prepared import Prepared
from clinic_app.store.rows import time_of, time_text
from clinic_app.store.tables import access_log, change, people_member, people_set

_LAST = Prepared(select(func.max(access_log.c.sequence)).where(access_log.c.writer == bindparam("writer")))
_COLUMNS = [column.name for column in access_log.columns if column.name != "id"]
_APPEND = Prepared(insert(access_log).values({name: bindparam(name) for name in _COLUMNS}))
_SET = Prepared(select(people_set.c.id).where(people_set.c.digest == bindparam("digest")))
_CHANGE = Prepared(
    insert(change)
    .values({name: bindparam(name) for name in ("at", "people", "kinds", "codes")})
    .returning(change.c.sequence)
)


def append_access(connection: Connection, book: IdentifierBook, row: AccessRow) -> None:
    """Append with the next sequence of its writer."""
    if row.writer not in book.sequences:
        book.sequences[row.writer] = _LAST.value(connection, writer=row.writer) or 0
    book.sequences[row.writer] += 1
    _APPEND.rows(
        connection,
        writer=row.writer,
        sequence=book.sequences[row.writer],
        at=time_text(row.at),
        account=row.account,
        action=row.action,
        purpose=row.purpose,
        kinds=json.dumps(row.kinds),
        set_id=_people_set(connection, book, row.people),
        outcome=row.outcome,
        entry_id=row.entry_id,
        reason=row.reason,
    )


def _people_set(connection: Connection, book: IdentifierBook, people: Sequence[Identifier]) -> int | None:
    """The number of this set of people, stored now where it was not."""
    if not people:
        return None
    numbers = sorted({book.ensure(one) for one in people})
    digest = blake2b(",".join(map(str, numbers)).encode(), digest_size=16).hexdigest()
    found = book.sets.get(digest) or _SET.value(connection, digest=digest)
    if found is None:
        made = connection.execute(insert(people_set).returning(people_set.c.id), {"digest": digest})
        found = int(made.scalar_one())
        members = [{"set_id": found, "identifier_id": number} for number in numbers]
        connection.execute(insert(people_member), members)
    book.sets[digest] = int(found)
    return int(found)


def accesses(
    connection: Connection, book: IdentifierBook, people: Sequence[Identifier], limit: int
) -> Sequence[AccessRow]:
    """Rows that name any of these people, newest first, system rows left out."""
    sets = select(people_member.c.set_id).where(
        people_member.c.identifier_id.in_(sorted(book.numbers(people)))
    )
    rows = connection.execute(
        select(access_log)
        .where(access_log.c.set_id.in_(sets), access_log.c.account != SYSTEM)
        .order_by(access_log.c.id.desc())
        .limit(limit)
    ).all()
    members = _members(connection, book, {row.set_id for row in rows})
    return [
        AccessRow(
            row.writer,
            row.sequence,
            time_of(row.at),
            row.account,
            row.action,
            row.purpose,
            tuple(json.loads(row.kinds)),
            members[row.set_id],
            row.outcome,
            row.entry_id,
            row.reason,
        )
        for row in rows
    ]


def _members(
    connection: Connection, book: IdentifierBook, sets: set[int]
) -> dict[int, tuple[Identifier, ...]]:
    pairs = connection.execute(
        select(people_member.c.set_id, people_member.c.identifier_id).where(
            people_member.c.set_id.in_(sorted(sets))
        )
    ).all()
    names = book.names(number for _, number in pairs)
    found: dict[int, list[Identifier]] = {set_id: [] for set_id in sets}
    for set_id, number in pairs:
        found[set_id].append(names[number])
    return {set_id: tuple(sorted(people)) for set_id, people in found.items()}


def append_change(
    connection: Connection,
    people: Sequence[Identifier],
    kinds: Sequence[str],
    codes: Sequence[str],
    at: datetime,
) -> int:
    """Append the change row of a commit; returns its sequence."""
    return int(
        _CHANGE.value(
            connection,
            at=time_text(at),
            people=json.dumps([[one.authority, one.value] for one in people]),
            kinds=json.dumps(list(kinds)),
            codes=json.dumps(list(codes)),
        )
    )


def changes_after(connection: Connection, sequence: int) -> Sequence[Change]:
    """Change rows with a greater sequence, in order."""
    rows = connection.execute(select(change).where(change.c.sequence > sequence).order_by(change.c.sequence))
    return [
        Change(
            row.sequence,
            tuple(Identifier(*pair) for pair in json.loads(row.people)),
            tuple(json.loads(row.kinds)),
            tuple(json.loads(row.codes)),
            time_of(row.at),
        )
        for row in rows
    ]


def last_change(connection: Connection) -> int:
    """Greatest change sequence, 0 where there is none."""
    return int(connection.execute(select(func.max(change.c.sequence))).scalar() or 0)
