"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _people()
    _inbox()
    _fact()
    _fact_indexes()
    _repeat()
    _changes()
    _people_sets()
    _access_log()


def _people() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("authority", "value"),
    )
    op.create_index("ix_identifier_value", "identifier", ["value"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["identifier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["identifier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_link_first", "link", ["first_id"], unique=False)
    op.create_index("ix_link_second", "link", ["second_id"], unique=False)
    op.create_table(
        "confirmed_birth_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identifier_id", sa.Integer(), nullable=False),
        sa.Column("birth_date", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identifier_id"],
            ["identifier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identifier_id", "birth_date"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("control_id", sa.Text(), server_default="", nullable=False),
        sa.Column("type", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("flag", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("birth_date", sa.Text(), nullable=True),
        sa.Column("profile_version", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("mend", sa.Text(), server_default="", nullable=False),
        sa.Column("findings", sa.Text(), server_default="", nullable=False),
        sa.Column("withheld", sa.Integer(), server_default="0", nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["identifier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_inbox_channel", "inbox", ["channel", "state"], unique=False)
    op.create_index(
        "ix_inbox_held",
        "inbox",
        ["code", "id"],
        unique=False,
        sqlite_where=sa.text("state='held'"),
        postgresql_where=sa.text("state='held'"),
    )
    op.create_index("ix_inbox_received", "inbox", ["channel", "received_at"], unique=False)
    op.create_index("ix_inbox_state", "inbox", ["state", "id"], unique=False)
    op.create_index(
        "ix_inbox_subject",
        "inbox",
        ["subject_id", "withheld", "received_at", "birth_date"],
        unique=False,
    )


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identifier_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("profile_version", sa.Text(), server_default="", nullable=False),
        sa.Column("retracted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hidden", sa.Integer(), server_default="0", nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("day", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("comparator", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_unit", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["inbox.id"],
        ),
        sa.ForeignKeyConstraint(
            ["identifier_id"],
            ["identifier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "identifier_id", "key", "status", "sent_at", "content_hash", name="uq_fact_version"
        ),
    )


def _fact_indexes() -> None:
    op.create_index(
        "ix_fact_appointment",
        "fact",
        ["day"],
        unique=False,
        sqlite_where=sa.text("kind='appointment'"),
        postgresql_where=sa.text("kind='appointment'"),
    )
    op.create_index(
        "ix_fact_consent",
        "fact",
        ["identifier_id", "code", "value"],
        unique=False,
        sqlite_where=sa.text("kind='consent'"),
        postgresql_where=sa.text("kind='consent'"),
    )
    op.create_index("ix_fact_entry", "fact", ["entry_id"], unique=False)
    op.create_index(
        "ix_fact_listed",
        "fact",
        ["identifier_id", "key", "status", "sent_at", "content_hash", "hidden", "name", "day", "text"],
        unique=False,
        sqlite_where=sa.text("kind='patient'"),
        postgresql_where=sa.text("kind='patient'"),
    )
    op.create_index(
        "ix_fact_patient",
        "fact",
        ["identifier_id", "retracted", "day", "sent_at"],
        unique=False,
        sqlite_where=sa.text("kind='patient'"),
        postgresql_where=sa.text("kind='patient'"),
    )


def _repeat() -> None:
    op.create_table(
        "repeat",
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Text(), server_default="", nullable=False),
        sa.Column("retracted", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["inbox.id"],
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"],
            ["fact.id"],
        ),
        sa.PrimaryKeyConstraint("fact_id", "entry_id"),
    )
    op.create_index("ix_repeat_entry", "repeat", ["entry_id"], unique=False)


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_autoincrement=True,
    )


def _people_sets() -> None:
    op.create_table(
        "people_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "people_member",
        sa.Column("identifier_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identifier_id"],
            ["identifier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["people_set.id"],
        ),
        sa.PrimaryKeyConstraint("identifier_id", "set_id"),
    )
    op.create_index("ix_people_member_set", "people_member", ["set_id"], unique=False)


def _access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["people_set.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("writer", "sequence"),
    )
    op.create_index(
        "ix_access_people",
        "access_log",
        ["set_id", "id"],
        unique=False,
        sqlite_where=sa.text("account<>'system'"),
        postgresql_where=sa.text("account<>'system'"),
    )
