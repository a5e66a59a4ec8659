"""SIU: appointments through their life."""

import pytest

from clinic_app.model.bodies import Appointment
from clinic_app.model.facts import Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated, told

AIL = "AIL|1||CF^12^^NORTH^^^^^Lung clinic"


def sch(**changed: str) -> str:
    """An SCH by field numbers."""
    fields = {"1": "P9", "2": "A5", "7": "CHK^Check-up", "9": "30", "10": "min", "11": "^^^20240410090000"}
    fields |= {name.removeprefix("f"): value for name, value in changed.items()}
    return "SCH|" + "|".join(fields.get(str(number), "") for number in range(1, 26))


def booked(kind: str, *segments: str) -> tuple[Statement, Appointment]:
    (statement,) = stated(message(kind, *segments))
    assert isinstance(statement.body, Appointment)
    return statement, statement.body


@pytest.mark.parametrize(
    ("trigger", "state"),
    [
        ("S12", "booked"),
        ("S13", "booked"),
        ("S14", "booked"),
        ("S15", "cancelled"),
        ("S16", "cancelled"),
        ("S17", "cancelled"),
        ("S26", "missed"),
    ],
)
def test_states(trigger: str, state: str) -> None:
    statement, body = booked(f"SIU^{trigger}", sch(), AIL)
    assert body == Appointment(Moment("2024-04-10T09:00:00"), 30, "Check-up", "Lung clinic", state)
    assert statement.key == "appointment:A5"
    assert statement.at == body.start


@pytest.mark.parametrize(
    ("filler", "state"),
    [("Booked", "booked"), ("Cancelled", "cancelled"), ("NOSHOW^No show", "missed"), ("Complete", "booked")],
)
def test_a_change_may_say_that_it_is_off(filler: str, state: str) -> None:
    assert booked("SIU^S14", sch(f25=filler))[1].state == state
    assert booked("SIU^S15", sch(f25=filler))[1].state == "cancelled"


def test_known_by_the_placers_number_or_the_time() -> None:
    assert booked("SIU^S12", sch(f2=""))[0].key == "appointment:P9"
    assert booked("SIU^S12", sch(f1="", f2=""))[0].key == "appointment-at:2024-04-10T09:00:00"
    reason = "SCH-1, SCH-2 and the time of the appointment are empty"
    assert held(message("SIU^S12", sch(f1="", f2="", f11=""))) == [("UNREADABLE-VALUE", reason)]


@pytest.mark.parametrize(
    "segment",
    [
        "TQ1|1||||||20240411100000",
        "AIS|1|A|X|20240411100000",
        "AIL|1||CF|||20240411100000",
        "AIG|1||X|||||20240411100000",
        "AIP|1||X|||20240411100000",
    ],
)
def test_the_time_of_newer_versions(segment: str) -> None:
    assert booked("SIU^S12", sch(f11=""), segment)[1].start == Moment("2024-04-11T10:00:00")


def test_an_appointment_without_time_keeps_its_number() -> None:
    assert booked("SIU^S15", sch(f11=""))[1].start is None
    assert booked("SIU^S14", sch(f11="", f25="Cancelled"))[1].start is None


@pytest.mark.parametrize("trigger", ["S12", "S13", "S26"])
def test_an_appointment_without_time_that_is_not_called_off_is_held(trigger: str) -> None:
    raw = message(f"SIU^{trigger}", sch(f11=""))
    assert held(raw) == [("UNREADABLE-VALUE", "SCH-11.4: the appointment has no time")]
    assert told(raw).statements == ()


def test_an_unreadable_time_is_held_with_its_place() -> None:
    raw = message("SIU^S12", sch(f11="^^^soon"), "AIS|1|A|X|soon")
    assert [reason for _, reason in held(raw)] == [
        "SCH-11.4 is not a date or time",
        "AIS[1]-4 is not a date or time",
    ]
    assert told(raw).statements == ()


@pytest.mark.parametrize(
    ("amount", "unit", "minutes"),
    [
        ("30", "", 30),
        ("1800", "s", 30),
        ("2", "HR^hours", 120),
        ("30", "MIN", 30),
        ("", "", 0),
        ("half", "", 0),
        ("3", "parsec", 0),
        ("1.5", "h", 0),
    ],
)
def test_duration(amount: str, unit: str, minutes: int) -> None:
    assert booked("SIU^S12", sch(f9=amount, f10=unit))[1].minutes == minutes


def test_reason_and_place_from_elsewhere() -> None:
    _, body = booked("SIU^S12", sch(f7="", f8="ROUTINE^Routine visit"), "PV1|1|O|CF^12", "AIL|1")
    assert (body.reason, body.location) == ("Routine visit", "CF 12")
    assert booked("SIU^S12", sch())[1].location == ""
