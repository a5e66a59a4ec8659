"""A person's submissions as records: read with care, changed only where there is something to change."""

from datetime import UTC, datetime

from bridges import strict_json
from bridges.portal.mine import Mine
from bridges.portal.store.resources import ResourceStore, patient_id
from tests.unit.bridges.portal.house import House, questionnaire, words_for
from tests.unit.bridges.portal.test_my_pages import submitted
from tests.unit.bridges.portal.test_web import sent

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Hurried:
    """Lets the clinic change a response between our reading and our writing, once."""

    def __init__(self, resources: ResourceStore) -> None:
        self._resources = resources
        self._left = 1

    def __getattr__(self, what: str) -> object:
        return getattr(self._resources, what)

    def update(self, kind: str, name: str, body: dict[str, object], now: datetime, expected: int) -> object:
        """Too late for the first."""
        if self._left:
            self._left -= 1
            self._resources.update(kind, name, {**body, "status": "completed", "language": "fr"}, now)
        return self._resources.update(kind, name, body, now, expected)


def test_somebody_who_was_quicker_is_looked_at_again(house: House) -> None:
    _, name = submitted(house)
    stored = house.store.resources.read("QuestionnaireResponse", name)
    assert stored is not None
    person = patient_id(strict_json.read_object(stored.body))
    hurried = Mine(Hurried(house.store.resources), questionnaire(), person)  # type: ignore[arg-type]
    assert hurried.take_back(name, "", NOW)
    (one,) = Mine(house.store.resources, questionnaire(), person).all("en", words_for("en"))
    assert one.taken_back
    assert sent(house)[0]["language"] == "fr"


def test_answers_of_others_are_read_with_care(house: House) -> None:
    mine = Mine(house.store.resources, questionnaire(), "stranger")
    body: dict[str, object] = {
        "status": "completed",
        "subject": {"reference": "Patient/stranger"},
        "authored": "soon",
        "item": [
            {"linkId": 7, "answer": [{"valueBoolean": True}]},
            {"linkId": "odd", "text": "Odd?", "answer": [{"valueString": "yes"}]},
            {"linkId": "topic-1-audience", "answer": [{"valueCoding": {"code": "nobody"}}]},
            {"answer": "none"},
        ],
    }
    house.store.resources.create("QuestionnaireResponse", body, house.clock.now())
    (one,) = mine.all("en", words_for("en"))
    assert (one.day, [(given.question, given.answer) for given in one.answers]) == (
        None,
        [("7", ""), ("Odd?", "yes")],
    )
