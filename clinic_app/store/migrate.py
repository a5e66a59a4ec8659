"""Brings a database to the newest schema, in the one transaction that the caller has open."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from clinic_app.store.schema import steps_missing

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, migrations: Path = MIGRATIONS) -> None:
    """Run the missing steps; the caller commits or rolls back. Raises EnvironmentFault STORE-NEWER."""
    if steps_missing(connection):
        config = Config()
        config.set_main_option("script_location", str(migrations).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
