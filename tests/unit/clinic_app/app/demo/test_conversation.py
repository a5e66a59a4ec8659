import io
import json
from datetime import UTC, datetime

import pytest

from clinic_app.app.demo.conversation import Line, ask_for_test, lead
from clinic_app.app.demo.feed import Sent
from clinic_app.model.errors import EnvironmentFault


def line_hearing(*things: dict[str, object]) -> tuple[Line, io.StringIO]:
    said = io.StringIO()
    return Line(io.StringIO("".join(json.dumps(thing) + "\n" for thing in things)), said), said


def spoken(said: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(text) for text in said.getvalue().splitlines()]


def test_the_token_comes_first_and_every_question_is_answered() -> None:
    line, said = line_hearing({"ask": "DEMO|1"}, {"ask": "DEMO|2"}, {"messages": 5, "submissions": 2})
    assert lead(line, "secret", lambda number: f"id of {number}") == Sent(5, 2)
    assert spoken(said) == [
        {"token": "secret"},
        {"portal_patient_id": "id of DEMO|1"},
        {"portal_patient_id": "id of DEMO|2"},
    ]


def test_a_silent_other_side_is_said_so() -> None:
    line, _ = line_hearing()
    with pytest.raises(EnvironmentFault, match="has ended"):
        lead(line, "secret", str)


def test_an_other_side_that_hung_up_is_said_so() -> None:
    class Broken(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError

    with pytest.raises(EnvironmentFault, match="has ended"):
        Line(io.StringIO(), Broken()).say(at=datetime.now(UTC).isoformat())


@pytest.mark.parametrize("answer", [{"sent": "D1"}, {"refused": "D1"}])
def test_a_test_is_asked_for_by_number(answer: dict[str, object]) -> None:
    line, said = line_hearing(answer)
    assert ask_for_test(line, "DEMO|1") == "D1"
    assert spoken(said) == [{"test": "DEMO|1"}]
