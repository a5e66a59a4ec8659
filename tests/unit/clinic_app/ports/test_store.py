"""Both stores are what the port says (the type checker proves the rest)."""

from pathlib import Path

from clinic_app.ports.clock import Clock
from clinic_app.ports.store import Snapshot, Store, WriteUnit
from clinic_app.store.memory import MemoryStore
from clinic_app.store.sql import create_store
from tests.spec.samples import FixedClock


def test_stores_satisfy_the_port(tmp_path: Path) -> None:
    stores: list[Store] = [MemoryStore(), create_store(tmp_path / "a.db", bytes(32))]
    for store in stores:
        with store.unit() as unit:
            whole: WriteUnit = unit
            assert whole.last_change() == 0
        with store.snapshot() as view:
            part: Snapshot = view
            assert part.last_entry_id() == 0
        store.close()


def test_a_clock_gives_utc() -> None:
    clock: Clock = FixedClock()
    assert clock.now().utcoffset() is not None
