"""An access row may say why somebody looked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("access_log", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
