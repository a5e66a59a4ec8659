"""Steps of the schema: complete, all or nothing, and never backwards."""

from pathlib import Path
from shutil import copytree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from clinic_app.model.errors import EnvironmentFault, ProgramFault
from clinic_app.store.engine import make_engine, transaction
from clinic_app.store.migrate import MIGRATIONS, upgrade
from clinic_app.store.schema import STEPS, steps_missing
from clinic_app.store.sql import create_store, open_store
from clinic_app.store.sqlcipher import create
from clinic_app.store.tables import metadata

KEY = bytes(32)
HALF = """
from alembic import op
revision = "9001"
down_revision = "{before}"

def upgrade() -> None:
    op.execute("CREATE TABLE half_way (a)")
    op.execute("DELETE FROM account")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""


def names(engine: Engine, path: Path) -> set[str]:
    with transaction(engine, path, writing=False) as connection:
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())


def test_the_steps_lead_to_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    create_store(path, KEY).close()
    engine = make_engine(path, KEY)
    with transaction(engine, path, writing=False) as connection:
        assert not steps_missing(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        made = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='index'").scalars())
    assert {index.name for table in metadata.tables.values() for index in table.indexes} <= made
    engine.dispose()


def test_the_program_knows_its_steps() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(step.revision for step in scripts.walk_revisions())[::-1] == STEPS


def test_a_step_that_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    steps = tmp_path / "migrations"
    copytree(MIGRATIONS, steps)
    create(path, KEY).close()
    (steps / "versions" / "v9001_half.py").write_text(HALF.format(before=STEPS[-1]))
    engine = make_engine(path, KEY)
    with (
        pytest.raises(ProgramFault, match="STORE-BUG") as caught,
        transaction(engine, path, True) as connection,
    ):
        upgrade(connection, steps)
    assert isinstance(caught.value.__cause__, OperationalError)
    assert names(engine, path) == set()
    engine.dispose()
    store = open_store(path, KEY)
    with store.snapshot() as view:
        assert view.last_change() == 0
    store.close()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    create_store(path, KEY).close()
    engine = make_engine(path, KEY)
    with transaction(engine, path, writing=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num='9999'")
    before = names(engine, path)
    with pytest.raises(EnvironmentFault, match="STORE-NEWER"):
        open_store(path, KEY)
    with pytest.raises(EnvironmentFault, match="STORE-NEWER"), transaction(engine, path, True) as connection:
        upgrade(connection)
    assert names(engine, path) == before
    engine.dispose()


def test_upgrading_what_is_up_to_date_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    create_store(path, KEY).close()
    engine = make_engine(path, KEY)
    with transaction(engine, path, writing=True) as connection:
        upgrade(connection)
        upgrade(connection)
    engine.dispose()
