"""Tables of the main store. Times are UTC ISO text of fixed width, so that they sort as text in every
database.

``fact`` keeps measurements in plain columns (the picture reads two thousand at a time); other kinds have a
JSON body. Which version is current is never stored: it follows from (status, sent_at, content_hash) when
read. The migrations say for which rows an index is in PostgreSQL too; said here, its dialect would be loaded
at every start (50 ms).
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _flag(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", Text, nullable=False),
)

identifier = Table(
    "identifier",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("authority", Text, nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("authority", "value"),
    Index("ix_identifier_value", "value"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("channel", Text, nullable=False),
    _text("sender"),
    _text("control_id"),
    _text("type"),
    Column("received_at", Text, nullable=False),
    _text("flag"),
    Column("subject_id", ForeignKey("identifier.id")),
    Column("birth_date", Text),
    _text("profile_version"),
    _text("code"),
    _text("reason"),
    _text("mend"),
    _text("findings"),
    _flag("withheld"),
    # Last, so that SQLite leaves the overflow pages of the bytes alone when a list is read.
    Column("raw", LargeBinary, nullable=False),
    Index("ix_inbox_state", "state", "id"),
    Index("ix_inbox_channel", "channel", "state"),
    Index("ix_inbox_received", "channel", "received_at"),
    Index(
        "ix_inbox_held",
        "code",
        "id",
        sqlite_where=text("state='held'"),
    ),
    # The birth date is in it so that counting the dates of a number reads no rows of entries.
    Index("ix_inbox_subject", "subject_id", "withheld", "received_at", "birth_date"),
)

part = Table(
    "part",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Column("part_of", Integer, nullable=False),
)
"""Entries that were cut out of a batch, and the batch's own entry."""

roster_member = Table(
    "roster_member",
    metadata,
    Column("value", Text, primary_key=True),
    Column("authority", Text, primary_key=True),
    Column("root", Text, primary_key=True),
    Column("at", Text, nullable=False),
)
"""Numbers on the roster because of what was sent: by a rule, or beside a listed number (the root)."""

outside_entry = Table(
    "outside_entry",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Column("received_at", Text, nullable=False),
    Column("counted", Integer, nullable=False),
    Index("ix_outside_received", "received_at"),
)
"""Entries whose bytes the intake is to let go of within a day: other people's messages, and batches."""

outside_name = Table(
    "outside_name",
    metadata,
    Column("value", Text, primary_key=True),
    Column("authority", Text, primary_key=True),
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Index("ix_outside_name_entry", "entry_id"),
)
"""Whom these name, for as long as their bytes are there: one of them may come to be on the roster."""

outside_count = Table(
    "outside_count",
    metadata,
    Column("day", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("messages", Integer, nullable=False),
)
"""How many messages of other people came; all that stays of them."""

fact = Table(
    "fact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identifier_id", ForeignKey("identifier.id"), nullable=False),
    # The entry that it is traced to; empty for what staff entered here.
    Column("entry_id", ForeignKey("inbox.id")),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("status", Integer, nullable=False),  # FactStatus.rank
    Column("sent_at", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("at", Text),
    Column("source", Text, nullable=False),
    _text("author"),
    _text("position"),
    Column("recorded_at", Text, nullable=False),
    _text("profile_version"),
    _flag("retracted"),  # its entry no longer produces it
    _flag("hidden"),  # no entry states it visibly; follows from retracted and inbox.withheld
    Column("value", Text),  # measurement: the decimal as text; consent: yes or no
    Column("day", Text),  # patient: birth date; appointment: start
    _text("text"),
    _text("comparator"),
    _text("unit"),
    _text("sent_unit"),
    _text("name"),
    _text("note"),
    Column("body", Text),
    # Versions of one thing stand together, and so do the things of one person.
    UniqueConstraint("identifier_id", "key", "status", "sent_at", "content_hash", name="uq_fact_version"),
    Index("ix_fact_entry", "entry_id"),
    Index(
        "ix_fact_patient",
        "identifier_id",
        "retracted",
        "day",
        "sent_at",
        sqlite_where=text("kind='patient'"),
    ),
    # Covers the patient list: a thousand people are read without touching a thousand pages of the table.
    Index(
        "ix_fact_listed",
        "identifier_id",
        "key",
        "status",
        "sent_at",
        "content_hash",
        "hidden",
        "name",
        "day",
        "text",
        sqlite_where=text("kind='patient'"),
    ),
    Index(
        "ix_fact_appointment",
        "day",
        sqlite_where=text("kind='appointment'"),
    ),
    Index(
        "ix_fact_consent",
        "identifier_id",
        "code",
        "value",
        sqlite_where=text("kind='consent'"),
    ),
)

repeat = Table(
    "repeat",
    metadata,
    Column("fact_id", ForeignKey("fact.id"), primary_key=True),
    Column("entry_id", ForeignKey("inbox.id"), primary_key=True),
    _text("position"),
    _flag("retracted"),
    Index("ix_repeat_entry", "entry_id"),
)
"""Further entries that state a fact already recorded: needed when the first is withheld or no longer states
it.
"""

link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_id", ForeignKey("identifier.id"), nullable=False),
    Column("second_id", ForeignKey("identifier.id"), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("active", Integer, nullable=False),
    # Rows are only added: of two that join the same pair the later one holds.
    Column("latest", Integer, nullable=False),
    Index("ix_link_first", "first_id"),
    Index("ix_link_second", "second_id"),
)

confirmed_birth_date = Table(
    "confirmed_birth_date",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identifier_id", ForeignKey("identifier.id"), nullable=False),
    Column("birth_date", Text, nullable=False),
    Column("confirmed_by", Text, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("identifier_id", "birth_date"),
)

people_set = Table(
    "people_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
)
"""A set of people that access rows name; the list of all patients is stored once, however often it is
opened.
"""

people_member = Table(
    "people_member",
    metadata,
    Column("identifier_id", ForeignKey("identifier.id"), primary_key=True),
    Column("set_id", ForeignKey("people_set.id"), primary_key=True),
    Index("ix_people_member_set", "set_id"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("writer", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("set_id", ForeignKey("people_set.id")),
    Column("outcome", Text, nullable=False),
    Column("entry_id", Integer, nullable=False),
    _text("reason"),
    UniqueConstraint("writer", "sequence"),
    Index(
        "ix_access_people",
        "set_id",
        "id",
        sqlite_where=text("account<>'system'"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("destination", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("control_id", Text, nullable=False),
    Column("subject_id", ForeignKey("identifier.id"), nullable=False),
    Column("origin_id", ForeignKey("identifier.id")),
    Column("source", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("next_attempt", Text, nullable=False),
    Column("state", Text, nullable=False),
    _flag("attempts"),
    _text("code"),
    _text("words"),
    _text("facts"),
    _text("items"),
    # Last, as in the inbox: lists leave its overflow pages alone.
    Column("payload", LargeBinary, nullable=False),
    Index("ix_outbox_state", "state", "id"),
    Index("ix_outbox_origin", "origin_id", "id"),
    # A number that was used is never given out again: the order of ids is the order of sending.
    sqlite_autoincrement=True,
)

outbox_place = Table(
    "outbox_place",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("started_at", Text, nullable=False),
)
"""One row: how far the change rows were looked at for what goes back to the EHR."""

change = Table(
    "change",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("codes", Text, nullable=False),
    sqlite_autoincrement=True,
)
