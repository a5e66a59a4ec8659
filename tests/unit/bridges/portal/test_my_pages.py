"""The pages of what a person has sent: read back, taken back, downloaded; never anybody else's."""

import json
from datetime import UTC, date, datetime

import pytest

from bridges.fhir.translate import translate
from bridges.portal.store.resources import Stored
from clinic_app.model.bodies import Answer
from clinic_app.model.entries import RawEntry
from clinic_app.model.identity import Identifier
from tests.unit.bridges.portal.house import House, Patient, body
from tests.unit.bridges.portal.test_web import fill, sent, signed_in

OTHER_BORN = date(2001, 2, 3)


def submitted(house: House) -> tuple[Patient, str]:
    """Somebody who has just sent the usual answers, and the id of the response."""
    patient = signed_in(house)
    fill(patient)
    patient.post("/visit/send", {"action": "send"})
    return patient, str(sent(house)[0]["id"])


def answers(house: House, name: str) -> dict[str, object]:
    """Link ids that have an answer now."""
    found: dict[str, object] = {}
    (resource,) = [one for one in sent(house) if one["id"] == name]
    waiting = list(resource["item"])  # type: ignore[call-overload]
    while waiting:
        node = waiting.pop()
        waiting += node.get("item", [])
        if "answer" in node:
            found[node["linkId"]] = node["answer"]
    return found


def page(patient: Patient, path: str) -> str:
    return patient.get(path).body.decode()


def test_what_was_sent_is_read_back_in_words(house: House) -> None:
    patient, name = submitted(house)
    assert "5 answers" in page(patient, "/mine")
    assert "23 November 2026" in page(patient, "/mine")
    one = page(patient, f"/mine/{name}")
    assert all(text in one for text in ("61.4 kg", "4 out of 10", "2.41", "good", "&lt;script&gt;"))
    assert one.count("Take this answer back") == 5
    assert "<script" not in one
    assert "On our shared screen" in one


def test_an_answer_that_is_taken_back_is_gone_and_the_others_stay(house: House) -> None:
    patient, name = submitted(house)
    before = answers(house, name)
    reply = patient.post(f"/mine/{name}", {"action": "take-back:weight"})
    assert (reply.status, patient.path) == (200, f"/mine/{name}")
    assert answers(house, name) == {link: value for link, value in before.items() if link != "weight"}
    assert [one["status"] for one in sent(house)] == ["amended"]
    assert "61.4 kg" not in reply.body.decode()
    history = house.store.resources.history("QuestionnaireResponse", name)
    assert [stored.version for stored in history] == [2, 1]


def test_a_topic_goes_with_who_may_see_it(house: House) -> None:
    patient, name = submitted(house)
    patient.post(f"/mine/{name}", {"action": "take-back:topic-1-text"})
    assert not {"topic-1-text", "topic-1-audience"} & answers(house, name).keys()


def test_the_clinic_hears_of_it(house: House) -> None:
    patient, name = submitted(house)
    patient.post(f"/mine/{name}", {"action": "take-back:symptom-cough"})
    stored = house.store.resources.read("QuestionnaireResponse", name)
    assert stored is not None
    statements = translate(entry(stored)).statements
    (cough,) = [one for one in statements if one.key.endswith("/symptom-cough")]
    assert isinstance(cough.body, Answer)
    patient.post(f"/mine/{name}", {"action": "take-back:"})
    stored = house.store.resources.read("QuestionnaireResponse", name)
    assert stored is not None
    assert {one.status for one in translate(entry(stored)).statements} == {"withdrawn"}


def entry(stored: Stored) -> RawEntry:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return RawEntry(1, "fhir", "portal", "QuestionnaireResponse/x", "QuestionnaireResponse", at, stored.body)


def test_the_last_answer_takes_the_whole_with_it(house: House) -> None:
    patient, name = submitted(house)
    for link in ("topic-1-text", "symptom-cough", "weight", "home-fev1", "home-fev1-note"):
        patient.post(f"/mine/{name}", {"action": f"take-back:{link}"})
    assert [one["status"] for one in sent(house)] == ["entered-in-error"]
    assert "You took this back" in page(patient, "/mine")


def test_all_of_it_is_taken_back_once_however_often_it_is_asked(house: House) -> None:
    patient, name = submitted(house)
    for _ in range(3):
        assert patient.post(f"/mine/{name}", {"action": "take-back:"}).status == 200
    assert patient.post(f"/mine/{name}", {"action": "take-back:weight"}).status == 200
    history = house.store.resources.history("QuestionnaireResponse", name)
    assert [stored.version for stored in history] == [2, 1]
    assert "Take" not in page(patient, f"/mine/{name}").partition("<main")[2].partition("</main>")[0]
    assert "61.4 kg" in page(patient, f"/mine/{name}")


def test_what_was_taken_back_is_not_shown_as_the_last_answer(house: House) -> None:
    patient, name = submitted(house)
    again = signed_in(house)
    assert "61.4 kg" in page(again, "/visit/3")
    again.post(f"/mine/{name}", {"action": "take-back:"})
    assert "61.4 kg" not in page(again, "/visit/3")


def test_an_older_submission_that_is_changed_does_not_become_the_last(house: House) -> None:
    _, older = submitted(house)
    house.clock.pass_by(days=30)
    newer = signed_in(house)
    newer.post("/visit/3", {"weight": "70", "weight-unit": "kg", "action": "next"})
    newer.post("/visit/send", {"action": "send"})
    again = signed_in(house)
    for action in ("take-back:own-words", "take-back:home-fev1", "take-back:"):
        again.post(f"/mine/{older}", {"action": action})
        assert "70 kg" in page(again, "/visit/3")
        assert "61.4 kg" not in page(again, "/visit/3")


def test_nobody_elses_records_are_seen_or_changed(house: House) -> None:
    _, name = submitted(house)
    patient = Patient(house)
    code = house.store.invite(Identifier("DEMO", "1002"), "Roe, Ann", OTHER_BORN, "en", house.clock.now())
    assert patient.enter(code.code, OTHER_BORN).status == 200
    assert "5 answers" not in page(patient, "/mine")
    assert "You have not sent anything yet" in page(patient, "/mine")
    assert patient.get(f"/mine/{name}").status == 404
    assert patient.post(f"/mine/{name}", {"action": "take-back:"}).status == 404
    told = json.loads(patient.get("/mine/download").body)
    assert [one["resource"]["resourceType"] for one in told["entry"]] == ["Patient"]
    assert [one["status"] for one in sent(house)] == ["completed"]


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e", "a" * 5000, "x/y", "download/", "'"])
def test_what_is_not_there(house: House, name: str) -> None:
    patient, _ = submitted(house)
    assert patient.get(f"/mine/{name}").status == 404


@pytest.mark.parametrize("action", ["", "something", "take-back", "keep", "ask:nothing", "ask"])
def test_an_action_that_is_none_changes_nothing(house: House, action: str) -> None:
    patient, name = submitted(house)
    assert patient.post(f"/mine/{name}", {"action": action}).status == 200
    assert [one["status"] for one in sent(house)] == ["completed"]


def test_it_is_asked_first(house: House) -> None:
    patient, name = submitted(house)
    one = patient.post(f"/mine/{name}", {"action": "ask:weight"}).body.decode()
    assert "Take this back?" in one
    assert "61.4 kg" in one
    assert 'value="take-back:weight"' in one
    whole = patient.post(f"/mine/{name}", {"action": "ask:"}).body.decode()
    assert "Take back everything you sent on 23 November 2026?" in whole
    assert [one["status"] for one in sent(house)] == ["completed"]


def test_without_a_session_or_the_forms_mark_nothing_is_done(house: House) -> None:
    patient, name = submitted(house)
    assert Patient(house).get("/mine").status == 401
    assert patient.post(f"/mine/{name}", {"action": "take-back:", "csrf": "wrong"}).status == 403
    assert [one["status"] for one in sent(house)] == ["completed"]


def test_everything_is_given_as_a_file(house: House) -> None:
    patient, name = submitted(house)
    reply = patient.get("/mine/download")
    assert reply.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    told = json.loads(reply.body)
    found = [one["resource"] for one in told["entry"]]
    assert (told["resourceType"], told["type"]) == ("Bundle", "collection")
    assert [one["resourceType"] for one in found] == ["Patient", "QuestionnaireResponse"]
    assert found[1]["id"] == name


def test_the_language_can_be_changed_there(house: House) -> None:
    patient, name = submitted(house)
    for path in ("/mine", f"/mine/{name}"):
        patient.post(path, {"action": "lang-es"})
        assert 'lang="es"' in page(patient, path)
        patient.post(path, {"action": "lang-en"})


def test_what_the_data_may_be_used_for_is_decided_for_each(house: House) -> None:
    patient, _ = submitted(house)
    before = page(patient, "/mine/consent")
    assert before.count(" checked") == 0
    assert before.count("until you do, it is not used for this") == 2
    said = {"action": "decide", "research": "yes", "improvement": "no", "care": "perhaps"}
    after = patient.post("/mine/consent", said).body.decode()
    assert "It is kept. It holds from now on." in after
    assert after.count(" checked") == 2
    (consent,) = [one["resource"] for one in body(house.fhir("GET", "Consent"))["entry"]]
    purposes = {one["purpose"][0]["code"]: one["type"] for one in consent["provision"]["provision"]}
    assert purposes == {"HRESCH": "permit", "HQUALIMP": "deny"}
    assert "It is kept" not in page(patient, "/mine/consent")


def test_looking_at_it_or_changing_the_language_decides_nothing(house: House) -> None:
    patient, _ = submitted(house)
    patient.post("/mine/consent", {"action": "lang-es", "research": "yes"})
    assert 'lang="es"' in page(patient, "/mine/consent")
    assert body(house.fhir("GET", "Consent")).get("entry", []) == []
