from datetime import timedelta

import pytest

from clinic_app.app.demo.bodies import Lungs
from clinic_app.app.demo.live import LiveTests
from clinic_app.app.demo.scenario import DemoClinic
from clinic_app.model.errors import UseFault
from tests.unit.clinic_app.app.demo.conftest import NOW

AT = NOW + timedelta(minutes=7)


def test_each_test_is_a_new_message_of_that_person(demo_clinic: DemoClinic, lungs: Lungs) -> None:
    tests = LiveTests(demo_clinic, lungs, 7_000_000)
    first, second = tests.spirometry("DEMO|1001", AT), tests.spirometry("1001", AT)
    known = {outgoing.control_id for outgoing in demo_clinic.messages}
    assert first.control_id != second.control_id
    assert not {first.control_id, second.control_id} & known
    assert b"20150-9" in first.raw
    assert b"||1001^^^DEMO^MR|" in first.raw
    assert first.raw.split(b"\r")[2].split(b"|")[2] != second.raw.split(b"\r")[2].split(b"|")[2]


@pytest.mark.parametrize("number", ["DEMO|9999", "1008"])
def test_nobody_and_toddlers_are_refused(number: str, demo_clinic: DemoClinic, lungs: Lungs) -> None:
    with pytest.raises(UseFault) as caught:
        LiveTests(demo_clinic, lungs, 1).spirometry(number, AT)
    assert caught.value.code == "DEMO-PERSON"
