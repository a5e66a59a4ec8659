"""A bridge that starts with thousands of messages that no worker has looked at yet."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridges.hl7.acknowledge import receipt
from bridges.mllp.client import Client
from clinic_app.model.entries import Received
from clinic_app.store.intake import IntakeFile
from tests.faults.rig import PATIENTS, Clinic, adt, eventually, oru

SHORT, LONG = 400, 10_000


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def left_behind(clinic: Clinic, count: int) -> None:
    """So many messages, durable and answered, as a bridge leaves them that was ended before its worker."""
    file = IntakeFile(clinic.home.intake_db, clinic.key("intake"))
    with file.transaction():
        for raw in (*map(adt, range(PATIENTS)), *map(oru, range(1, count - PATIENTS + 1))):
            found = receipt(raw)
            now = datetime.now(UTC)
            file.land(Received("mllp", found.sender, found.control_id, found.type, now, raw, found.first))
    file.close()


def all_is_recorded(clinic: Clinic, count: int) -> None:
    left_behind(clinic, count)
    clinic.start()
    with Client(*clinic.address()) as client:  # nobody waits for the backlog
        answers = [client.send(oru(count + number)).code for number in range(20)]
        again = client.send(oru(1)).code
    assert {*answers, again} == {"AA"}
    eventually(lambda: clinic.last_ids() == (count + 20, count + 20), 600)
    clinic.stop()
    inbox, facts = clinic.recorded()
    assert len(inbox) == len(set(inbox)) == count + 20
    assert len(facts) == len(set(facts)) == count - PATIENTS + 20


def test_a_backlog_is_worked_off_while_others_are_served(clinic: Clinic) -> None:
    all_is_recorded(clinic, SHORT)


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_a_backlog_of_ten_thousand(clinic: Clinic) -> None:
    all_is_recorded(clinic, LONG)
