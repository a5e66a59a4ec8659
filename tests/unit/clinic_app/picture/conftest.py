"""Fixtures for the tests of the picture."""

import pytest

from tests.unit.clinic_app.picture.charts import Chart


@pytest.fixture
def chart() -> Chart:
    """An empty chart."""
    return Chart()
