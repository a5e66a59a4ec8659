"""The stores that every test here runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_app.ports.store import Store
from clinic_app.store.memory import MemoryStore
from clinic_app.store.sql import create_store


@pytest.fixture(params=["memory", "sqlcipher"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    made: Store = (
        MemoryStore() if request.param == "memory" else create_store(tmp_path / "main.db", bytes(32))
    )
    yield made
    made.close()
