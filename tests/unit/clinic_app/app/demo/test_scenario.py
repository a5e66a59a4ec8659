from collections import Counter
from datetime import datetime, timedelta

import pytest

from clinic_app.app.demo.scenario import UNKNOWN_MRN, DemoClinic, make_clinic
from clinic_app.app.demo.scribe import Outgoing
from tests.unit.clinic_app.app.demo.conftest import NOW


def fields(outgoing: Outgoing, name: str) -> list[list[str]]:
    charset = outgoing.raw.split(b"\r")[0].split(b"|")[17]
    text = outgoing.raw.decode("latin-1" if charset == b"8859/1" else "utf-8")
    return [line.split("|") for line in text.split("\r") if line.startswith(f"{name}|")]


def test_the_same_seed_and_time_give_the_same_bytes(demo_clinic: DemoClinic) -> None:
    assert make_clinic(NOW) == demo_clinic
    assert make_clinic(NOW, seed=21).messages != demo_clinic.messages


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        make_clinic(datetime(2026, 11, 23))


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_nothing_is_sent_from_the_future(hour: int) -> None:
    now = NOW.replace(hour=hour, minute=5)
    assert all(
        outgoing.at <= max(now, now.replace(hour=0, minute=30)) for outgoing in make_clinic(now).messages
    )


def test_all_kinds_of_messages_are_there_in_several_versions_and_character_sets(
    demo_clinic: DemoClinic,
) -> None:
    kinds = {outgoing.event for outgoing in demo_clinic.messages}
    assert kinds == {"ADT^A28", "ADT^A04", "ADT^A08", "SIU^S12", "SIU^S15", "ORU^R01", "RDE^O11"}
    heads = [fields(outgoing, "MSH")[0] for outgoing in demo_clinic.messages]
    assert {head[11] for head in heads} == {"2.3", "2.3.1", "2.4", "2.5", "2.5.1"}
    assert {head[17] for head in heads} == {"8859/1", "UNICODE UTF-8"}


def test_control_ids_are_used_once_but_for_the_same_bytes(demo_clinic: DemoClinic) -> None:
    messages = demo_clinic.messages
    by_id = {(outgoing.control_id, outgoing.raw) for outgoing in messages}
    assert len({outgoing.control_id for outgoing in messages}) == len(by_id) == demo_clinic.expected.messages
    assert len(messages) - len(by_id) >= 5, "some messages come twice, byte for byte"


def test_some_results_come_again_under_another_control_id(demo_clinic: DemoClinic) -> None:
    bodies = Counter(
        outgoing.raw.partition(b"\r")[2] for outgoing in demo_clinic.messages if outgoing.event == "ORU^R01"
    )
    ids = {outgoing.control_id for outgoing in demo_clinic.messages}
    assert sum(times > 1 for times in bodies.values()) >= 10
    assert sum(control.endswith("R") for control in ids) >= 5


def test_corrections_come_after_the_final_result_with_the_same_order(demo_clinic: DemoClinic) -> None:
    corrected = [o for o in demo_clinic.messages if any(line[11] == "C" for line in fields(o, "OBX"))]
    assert len(corrected) >= 5
    for correction in corrected:
        order = fields(correction, "OBR")[0][3]
        earlier = [
            o for o in demo_clinic.messages if o.event == "ORU^R01" and fields(o, "OBR")[0][3] == order
        ]
        first = min(earlier, key=lambda outgoing: outgoing.at)
        assert first.at < correction.at
        assert fields(first, "OBX")[0][5] != fields(correction, "OBX")[0][5]


def test_litres_and_millilitres_kilograms_and_pounds(demo_clinic: DemoClinic) -> None:
    units = {line[6] for outgoing in demo_clinic.messages for line in fields(outgoing, "OBX")}
    assert {"L", "mL", "kg", "lb", "cm", "in"} <= units


def test_small_children_do_not_blow(demo_clinic: DemoClinic) -> None:
    toddler = next(person for person in demo_clinic.people if person.slot.story == "toddler")
    asked = {
        fields(o, "OBR")[0][4] for o in demo_clinic.messages if o.mrn == toddler.mrn and o.event == "ORU^R01"
    }
    assert not any(code.startswith("81458-2") for code in asked)


def test_todays_people_are_booked_today_and_the_first_have_been_measured(demo_clinic: DemoClinic) -> None:
    booked = [
        outgoing.mrn
        for outgoing in demo_clinic.messages
        if outgoing.event == "SIU^S12" and "20261123" in fields(outgoing, "SCH")[0][11]
    ]
    assert len(booked) == sum(1 for person in demo_clinic.people if person.slot.today)
    measured = {
        o.mrn for o in demo_clinic.messages if o.event == "ORU^R01" and o.at > NOW - timedelta(hours=2)
    }
    assert measured == {
        p.mrn for p in demo_clinic.people if p.slot.story in ("falling", "growing") and p.slot.today
    }


def test_the_troubles_are_there(demo_clinic: DemoClinic) -> None:
    codes = Counter(line[3] for outgoing in demo_clinic.messages for line in fields(outgoing, "OBX"))
    assert codes["BREATH7^Breath index^99DEMO"] == 1
    assert sum(outgoing.mrn == UNKNOWN_MRN for outgoing in demo_clinic.messages) == 1
    births = {
        (outgoing.mrn, fields(outgoing, "PID")[0][7])
        for outgoing in demo_clinic.messages
        if outgoing.mrn != UNKNOWN_MRN
    }
    assert len(births) == 41
    patient, answers = demo_clinic.stranger
    assert patient["birthDate"] == demo_clinic.people[3].birth.isoformat()
    assert demo_clinic.people[3].mrn not in demo_clinic.submissions
    assert "subject" not in answers


def test_the_zone_is_the_one_of_now(demo_clinic: DemoClinic) -> None:
    assert demo_clinic.zone is NOW.tzinfo
