"""Facts in tables: reading a person's, recording statements, withdrawing and hiding what an entry states.

A fact is stated by its entry, and by the entries in ``repeat``. It is visible while one of them is neither
withheld nor has ceased to state it, and is traced to the visible one with the smallest id. `settle` keeps
``fact.entry_id``, ``fact.retracted`` and ``fact.hidden`` so; these three follow from the set of entries,
never from the order of arrival.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, exists, literal, or_, select, union, update
from sqlalchemy.dialects.sqlite import insert

from clinic_app.model.facts import Fact, Statement
from clinic_app.model.identity import Identifier
from clinic_app.store.identifiers import IdentifierBook
from clinic_app.store.prepared import Prepared
from clinic_app.store.rows import FACT_COLUMNS, FACT_NAMES, FactReader, fact_row, fact_values, time_text
from clinic_app.store.tables import fact, inbox, repeat

_VERSION = ("identifier_id", "key", "status", "sent_at", "content_hash")
# The same text in PostgreSQL's dialect; both know ON CONFLICT DO NOTHING.
_RECORD = Prepared(
    insert(fact)
    .values({name: bindparam(name) for name in FACT_NAMES})
    .on_conflict_do_nothing(index_elements=_VERSION)
)
_WITHHELD = Prepared(select(inbox.c.withheld).where(inbox.c.id == bindparam("entry_id")))


def _of_entry(*columns: Any) -> Prepared:
    """These columns of all facts that an entry states now, as the first or as a further entry."""
    entry_id: BindParameter[int] = bindparam("entry_id")
    own = select(*columns).where(fact.c.entry_id == entry_id, fact.c.retracted == 0)
    others = (
        select(*columns)
        .join(repeat, repeat.c.fact_id == fact.c.id)
        .where(repeat.c.entry_id == entry_id, repeat.c.retracted == 0)
    )
    return Prepared(union(own, others))


_STATED = _of_entry(*(fact.c[name] for name in _VERSION))
_PRODUCED = _of_entry(fact.c.id, fact.c.key, fact.c.content_hash)
_REPEAT = insert(repeat).on_conflict_do_nothing(index_elements=("fact_id", "entry_id"))


def read_facts(
    connection: Connection, book: IdentifierBook, people: Sequence[Identifier], kinds: Sequence[str]
) -> Sequence[Fact]:
    """Visible versions of these people's facts, in order of id."""
    names = book.numbers(people)
    query = select(*FACT_COLUMNS).where(fact.c.identifier_id.in_(sorted(names)), fact.c.hidden == 0)
    if len(kinds) == 1:
        # Written out, not bound: only then SQLite sees that the small index of consent facts will do.
        query = query.where(fact.c.kind == literal(str(kinds[0]), literal_execute=True))
    elif kinds:
        query = query.where(fact.c.kind.in_(list(kinds)))
    rows = connection.execute(query).all()
    return sorted(FactReader(names).read(rows), key=_id)


def _id(recorded: Fact) -> int:
    return recorded.id


def add_statements(
    connection: Connection,
    book: IdentifierBook,
    entry_id: int,
    statements: Sequence[Statement],
    profile_version: str,
    at: datetime,
) -> int:
    """Record versions of one entry (0: entered here by staff); returns how many became visible that were
    not.
    """
    if not statements:
        return 0
    withheld = is_withheld(connection, entry_id)
    numbers = {subject: book.ensure(subject) for subject in {stated.subject for stated in statements}}
    recorded = time_text(at)
    fresh = _RECORD.write_many(
        connection,
        FACT_NAMES,
        [
            fact_values(stated, numbers[stated.subject], entry_id, profile_version, recorded, withheld)
            for stated in statements
        ],
    )
    if fresh < len(statements):
        rows = [
            fact_row(stated, numbers[stated.subject], entry_id, profile_version, recorded, withheld)
            for stated in statements
        ]
        fresh += _repeat(connection, entry_id, rows)
    return fresh


def is_withheld(connection: Connection, entry_id: int) -> bool:
    """Whether the entry stands behind a hold of identity."""
    return bool(_WITHHELD.value(connection, entry_id=entry_id))


def _repeat(connection: Connection, entry_id: int, rows: Sequence[dict[str, Any]]) -> int:
    """Say that the entry also states what was recorded before; returns how many facts of others became
    visible.
    """
    if not entry_id:
        return 0
    stated = set(_STATED.rows(connection, entry_id=entry_id))
    before = {}
    for row in rows:
        if tuple(row[name] for name in _VERSION) in stated:
            continue
        found = connection.execute(
            select(fact.c.id, fact.c.entry_id, fact.c.hidden, fact.c.retracted).where(
                *(fact.c[name] == row[name] for name in _VERSION)
            )
        ).one()
        if found.entry_id is None:
            continue
        before[found.id] = found.hidden
        if found.entry_id == entry_id:
            connection.execute(update(fact).where(fact.c.id == found.id).values(retracted=0))
        else:
            stating = {"fact_id": found.id, "entry_id": entry_id, "position": row["position"]}
            connection.execute(_REPEAT, stating)
            connection.execute(
                update(repeat)
                .where(repeat.c.fact_id == found.id, repeat.c.entry_id == entry_id)
                .values(retracted=0)
            )
    settle(connection, before)
    return _appeared(connection, before)


def _appeared(connection: Connection, before: dict[int, int]) -> int:
    were_hidden = [id_ for id_, hidden in before.items() if hidden]
    if not were_hidden:
        return 0
    now = connection.execute(select(fact.c.id).where(fact.c.id.in_(were_hidden), fact.c.hidden == 0))
    return len(now.all())


def retract(connection: Connection, entry_id: int, keep: Iterable[tuple[str, str]]) -> int:
    """Withdraw what the entry no longer produces; returns how many of its statements were withdrawn."""
    kept = set(keep)
    gone = [
        row.id
        for row in _PRODUCED.run(connection, entry_id=entry_id)
        if (row.key, row.content_hash) not in kept
    ]
    if gone:
        connection.execute(
            update(fact).where(fact.c.id.in_(gone), fact.c.entry_id == entry_id).values(retracted=1)
        )
        connection.execute(
            update(repeat)
            .where(repeat.c.fact_id.in_(gone), repeat.c.entry_id == entry_id)
            .values(retracted=1)
        )
        settle(connection, gone)
    return len(gone)


def set_withheld(connection: Connection, entry_id: int, withheld: bool) -> None:
    """Put the entry's facts behind a hold, or bring them back."""
    connection.execute(update(inbox).where(inbox.c.id == entry_id).values(withheld=int(withheld)))
    # What no other entry states, in one step; the rest one by one.
    alone = ~exists().where(repeat.c.fact_id == fact.c.id)
    connection.execute(
        update(fact)
        .where(fact.c.entry_id == entry_id, fact.c.retracted == 0, alone)
        .values(hidden=int(withheld))
    )
    own = select(fact.c.id).where(fact.c.entry_id == entry_id, ~alone)
    others = select(repeat.c.fact_id).where(repeat.c.entry_id == entry_id)
    settle(connection, connection.execute(union(own, others)).scalars())


def settle(connection: Connection, fact_ids: Iterable[int]) -> None:
    """Trace each fact to the smallest visible entry that states it, and hide it where there is none."""
    for fact_id in list(fact_ids):
        stating = _stating(connection, fact_id)
        visible = [row for row in stating if not row.retracted and not row.withheld]
        best = min(visible or stating, key=lambda row: row.entry_id)
        own = next(row for row in stating if row.own)
        if best is not own:
            connection.execute(
                update(repeat)
                .where(repeat.c.fact_id == fact_id, repeat.c.entry_id == best.entry_id)
                .values(entry_id=own.entry_id, position=own.position, retracted=own.retracted)
            )
        connection.execute(
            update(fact)
            .where(fact.c.id == fact_id)
            .values(
                entry_id=best.entry_id,
                position=best.position,
                retracted=best.retracted,
                hidden=int(not visible),
            )
        )


def _stating(connection: Connection, fact_id: int) -> Sequence[Any]:
    own = (
        select(
            fact.c.entry_id, fact.c.position, fact.c.retracted, inbox.c.withheld, (fact.c.id > 0).label("own")
        )
        .join(inbox, inbox.c.id == fact.c.entry_id)
        .where(fact.c.id == fact_id)
    )
    others = (
        select(
            repeat.c.entry_id,
            repeat.c.position,
            repeat.c.retracted,
            inbox.c.withheld,
            (repeat.c.fact_id < 0).label("own"),
        )
        .join(inbox, inbox.c.id == repeat.c.entry_id)
        .where(repeat.c.fact_id == fact_id)
    )
    return connection.execute(union(own, others)).all()


def newer_version_of(candidate: Any, later: Any) -> Any:
    """Condition: ``later`` (an alias of fact) is a visible, later version of the same thing as
    ``candidate``.
    """
    return and_(
        later.c.identifier_id == candidate.c.identifier_id,
        later.c.key == candidate.c.key,
        later.c.hidden == 0,
        or_(
            later.c.status > candidate.c.status,
            and_(later.c.status == candidate.c.status, later.c.sent_at > candidate.c.sent_at),
            and_(
                later.c.status == candidate.c.status,
                later.c.sent_at == candidate.c.sent_at,
                later.c.content_hash > candidate.c.content_hash,
            ),
        ),
    )
