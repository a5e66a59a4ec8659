"""The outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("destination", "kind", "key", "control_id")
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("source", "created_by", "created_at", "changed_at", "next_attempt", "state")
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        *(
            sa.Column(name, sa.Text(), server_default="", nullable=False)
            for name in ("code", "words", "facts", "items")
        ),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["identifier.id"]),
        sa.ForeignKeyConstraint(["origin_id"], ["identifier.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "id"], unique=False)
    op.create_index("ix_outbox_origin", "outbox", ["origin_id", "id"], unique=False)
    op.create_table(
        "outbox_place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
