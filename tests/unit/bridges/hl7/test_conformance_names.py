"""Names from hl7apy's structures, for every version that it has."""

import pytest

from bridges.hl7.conformance_names import VERSIONS, names_for, title


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_names_its_fields(version: str) -> None:
    names = names_for(version)
    assert names.version == version
    assert names.field("PID", 5)[0] == "Patient Name"
    assert names.field("OBX", 3)[0] == "Observation Identifier"
    assert names.field("PID", 999) == ("", "")
    assert names.field("ZZZ", 1) == ("", "")


def test_names_differ_by_version() -> None:
    assert names_for("2.2").field("PID", 3)[0] == "Patient ID Internal ID"
    assert names_for("2.5").field("PID", 3) == ("Patient Identifier List", "CX")
    assert names_for("2.5").parts("CX")[3] == ("Assigning Authority", "HD")
    assert names_for("2.5").parts("ST") == []
    assert names_for("2.5").parts("") == []


@pytest.mark.parametrize(
    ("sent", "used"),
    [
        ("2.5.1", "2.5.1"),
        (" 2.3 ", "2.3"),
        ("2.3.2", "2.3.1"),
        ("2.9", "2.8.2"),
        ("", "2.5.1"),
        ("x", "2.5.1"),
        ("1.0", "2.5.1"),
    ],
)
def test_the_nearest_version_before_names_another(sent: str, used: str) -> None:
    assert names_for(sent).version == used


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DATE_TIME_OF_BIRTH", "Date/Time of Birth"),
        ("SET_ID___AFF", "Set ID Aff"),
        ("DRIVER_S_LICENSE_NUMBER_PATIENT", "Driver S License Number Patient"),
        ("PARENT_UNIVERSAL_SERVICE_IDENTIFIER", "Parent Universal Service Identifier"),
        ("LIST_OF_IDS", "List of IDs"),
        ("999_999_9999_X99999_C_ANY_TEXT", ""),
        ("", ""),
    ],
)
def test_names_are_written_as_people_write_them(name: str, said: str) -> None:
    assert title(name) == said


def test_the_number_of_a_set_is_not_named_after_its_segment() -> None:
    assert names_for("2.5").field("AFF", 1)[0] == "Set ID"
    assert names_for("2.5").field("PID", 1)[0] == "Set ID"
