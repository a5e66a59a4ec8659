"""The table of checks covers exactly the known keys."""

import pytest

from clinic_app.system.settings import Settings, known_keys
from clinic_app.system.settings_checks import CHECKS, is_loopback


def test_every_key_has_a_check_and_a_good_default() -> None:
    assert {
        (section, key) for section, checks in CHECKS.items() for key in checks if section != "channel"
    } == known_keys()
    for section, key in known_keys():
        assert CHECKS[section][key](getattr(getattr(Settings(), section), key)) == ""


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own
