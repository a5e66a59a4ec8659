from datetime import UTC, datetime

import pytest

from clinic_app.app.demo.bodies import Lungs, read_lungs
from clinic_app.app.demo.scenario import DemoClinic, make_clinic

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo_clinic() -> DemoClinic:
    return make_clinic(NOW)


@pytest.fixture(scope="session")
def lungs() -> Lungs:
    return read_lungs()
