"""Messages cut out of a batch; the roster: who is on it by what was sent, what came for other people."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "part",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("part_of", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_table(
        "roster_member",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("value", "authority", "root"),
    )
    op.create_table(
        "outside_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_index("ix_outside_received", "outside_entry", ["received_at"], unique=False)
    op.create_table(
        "outside_name",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("value", "authority", "entry_id"),
    )
    op.create_index("ix_outside_name_entry", "outside_name", ["entry_id"], unique=False)
    op.create_table(
        "outside_count",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "sender"),
    )
