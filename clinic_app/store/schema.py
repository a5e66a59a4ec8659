"""Which schema a database has; a newer one is refused. (Alembic itself is loaded only where steps are
missing.)
"""

from sqlalchemy import Connection, inspect, text

from clinic_app.model.errors import EnvironmentFault

STEPS = ("0001", "0002", "0003", "0004")
"""Revisions of `clinic_app/store/migrations`, oldest first."""


def steps_missing(connection: Connection) -> bool:
    """Whether the database is older than this program. Raises EnvironmentFault STORE-NEWER where it is
    newer.
    """
    if not inspect(connection).has_table("alembic_version"):
        return True
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current is not None and current not in STEPS:
        raise EnvironmentFault(
            "STORE-NEWER",
            "the database was written by a newer version of this program",
            "Install that version again; nothing here was changed.",
        )
    return current != STEPS[-1]
