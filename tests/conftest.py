"""What every test may use: the switch between the short and the long form of a proof."""

import pytest
from hypothesis import HealthCheck, settings

# How long a busy machine takes never decides a test.
settings.register_profile("commonground", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("commonground")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--full``: proofs in their long form, as ``make proof FULL=1`` asks."""
    parser.addoption("--full", action="store_true", help="proofs in their long form")


@pytest.fixture(scope="session")
def full_proof(pytestconfig: pytest.Config) -> bool:
    """Whether the long form was asked for."""
    return bool(pytestconfig.getoption("--full"))
