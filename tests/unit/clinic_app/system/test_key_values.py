"""Lengths of keys."""

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.key_values import checked, missing


@pytest.mark.parametrize("name", ["main", "intake", "portal"])
def test_a_database_key_has_32_bytes(name: str) -> None:
    assert checked(name, bytes(32), "there") == bytes(32)
    for length in (0, 31, 33):
        with pytest.raises(EnvironmentFault, match="KEY-MALFORMED"):
            checked(name, bytes(length), "there")


def test_another_secret_has_1_to_1024_bytes() -> None:
    assert checked("portal-token", b"x" * 1024, "there")
    for length in (0, 1025):
        with pytest.raises(EnvironmentFault, match="KEY-MALFORMED"):
            checked("portal-token", bytes(length), "there")


def test_a_missing_key_names_itself_and_its_place() -> None:
    message = str(missing("main", "the key store"))
    assert message.startswith("KEY-MISSING: the key 'main' is not in the key store. Nothing was lost. ")
