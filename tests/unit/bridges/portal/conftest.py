from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.bridges.portal.house import House, make_store


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with make_store(tmp_path) as store:
        yield House(store)
