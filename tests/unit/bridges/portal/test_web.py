from datetime import date

import pytest

from bridges.portal.exchange import Request
from bridges.portal.limits import FAILURES_PER_ADDRESS, FAILURES_PER_CODE
from tests.unit.bridges.portal.house import BORN, House, Patient, body

TEENAGER = date(2011, 3, 14)
SCRIPT = '<script>alert("1")</script> & "q"\nsecond line'


def signed_in(house: House, born: date = BORN, language: str = "en") -> Patient:
    patient = Patient(house)
    assert patient.enter(house.invite(born, language).code, born).status == 200
    assert patient.path == "/visit/1"
    return patient


def sent(house: House) -> list[dict[str, object]]:
    found = body(house.fhir("GET", "QuestionnaireResponse?_sort=-_lastUpdated"))
    return [entry["resource"] for entry in found.get("entry", [])]


def fill(patient: Patient, **more: str) -> None:
    patient.post("/visit/1", {"topic-1-text": SCRIPT, "topic-1-audience": "shared", "action": "next"})
    patient.post("/visit/2", {"symptom-cough": "4", "own-words": "", "action": "next"})
    numbers = {"weight": "61,4", "weight-unit": "kg", "home-fev1": "2,41", "home-fev1-note": "good", **more}
    patient.post("/visit/3", {**numbers, "action": "next"})


def test_from_code_to_thanks(house: House) -> None:
    patient = signed_in(house)
    fill(patient)
    assert patient.path == "/visit/check"
    page = patient.get("/visit/check").body.decode()
    assert "61,4 kg" in page
    assert "4 out of 10" in page
    assert "not answered" in page
    thanks = patient.post("/visit/send", {"action": "send"})
    assert (thanks.status, patient.path) == (200, "/thanks")
    (response,) = sent(house)
    assert (response["status"], response["authored"]) == ("completed", "2026-11-23T09:00:00.000Z")


def test_text_arrives_word_for_word_and_is_shown_escaped(house: House) -> None:
    patient = signed_in(house)
    fill(patient)
    for path in ("/visit/1", "/visit/check"):
        page = patient.get(path).body
        assert b"<script" not in page
        assert b"&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#34;q&#34;\nsecond line" in page
    patient.post("/visit/send", {})
    (response,) = sent(house)
    assert response["item"][0]["item"][0]["item"][0]["answer"] == [{"valueString": SCRIPT}]  # type: ignore[index]
    assert b"<script" not in patient.get("/visit/1").body


def test_the_person_is_named_on_every_page(house: House) -> None:
    patient = signed_in(house)
    for path in ("/visit/1", "/visit/2", "/visit/3", "/visit/check", "/saved"):
        page = patient.get(path).body.decode()
        assert "Maya Okafor" in page
        assert "born 14 March 2002" in page
        assert "Nobody watches these pages live" in page
    patient.post("/visit/send", {})
    assert "born 14 March 2002" in patient.get("/thanks").body.decode()


def test_a_wrong_code_and_a_wrong_birth_date_read_the_same(house: House) -> None:
    code = house.invite().code
    wrong_date = Patient(house).enter(code, date(2002, 3, 15))
    wrong_code = Patient(house).enter("AAAA-2222")
    no_date = Patient(house).post("/", {"code": code})
    house.clock.pass_by(days=15)
    expired = Patient(house).enter(code)
    assert {reply.status for reply in (wrong_date, wrong_code, no_date, expired)} == {403}
    shown = {
        reply.body.split(b'id="problem"')[1].split(b"</p>")[0]
        for reply in (wrong_date, wrong_code, no_date, expired)
    }
    assert len(shown) == 1


def test_what_was_typed_at_the_door_stays_there(house: House) -> None:
    page = Patient(house).enter('"><script>', BORN).body
    assert b"&#34;&gt;&lt;script&gt;" in page
    assert b'value="2002"' in page


def test_a_code_tried_too_often_waits_and_nobody_elses_does(house: House) -> None:
    for typed in ("AAAA-2222", "aaaa 2222", "AAAA2222", "AAAA-2222", "AAAA-2222")[:FAILURES_PER_CODE]:
        assert Patient(house).enter(typed).status == 403
    assert Patient(house).enter("aaaa2222").status == 429
    assert Patient(house, client="10.0.0.2").enter("AAAA-2222").status == 403
    assert Patient(house).enter(house.invite().code).status == 200


def test_too_many_tries_at_an_address_have_to_wait_and_only_there(house: House) -> None:
    code = house.invite().code
    for number in range(FAILURES_PER_ADDRESS):
        Patient(house).enter(f"AAAA-22{number:02}")
    assert Patient(house).enter(code).status == 429
    assert Patient(house, client="10.0.0.2").enter(code).status == 200
    house.clock.pass_by(minutes=15)
    assert Patient(house).enter(house.invite().code).status == 200


def test_a_person_without_a_birth_date_cannot_be_entered(house: House) -> None:
    made = house.invite()
    house.fhir(
        "PUT", f"Patient/{made.portal_patient_id}", {"resourceType": "Patient", "id": made.portal_patient_id}
    )
    assert Patient(house).post("/", {"code": made.code, "day": "", "month": "", "year": ""}).status == 403


def test_the_cookie_is_kept_from_scripts_and_strangers(house: House) -> None:
    for secure in (False, True):
        made = house.invite()
        fields = f"code={made.code}&day=14&month=3&year=2002".encode()
        reply = house.pages(secure).handle(Request("POST", "/", body=fields))
        cookie = reply.headers["set-cookie"]
        assert "; HttpOnly; SameSite=Strict" in cookie
        assert ("; Secure" in cookie) is secure
        page = house.pages(secure).handle(Request("GET", "/"))
        assert ("strict-transport-security" in page.headers) is secure


def test_pages_run_no_script_and_are_not_stored(house: House) -> None:
    patient = signed_in(house)
    for reply in (
        Patient(house).get("/"),
        patient.get("/visit/1"),
        patient.get("/none"),
        patient.get("/saved"),
    ):
        assert "script-src" not in reply.headers["content-security-policy"]
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        assert (reply.headers["cache-control"], reply.headers["x-frame-options"]) == ("no-store", "DENY")
        assert b"<script" not in reply.body
        assert b"style=" not in reply.body


def test_a_form_from_elsewhere_changes_nothing(house: House) -> None:
    patient = signed_in(house)
    fields = {"weight": "50", "weight-unit": "kg", "action": "next"}
    assert patient.post("/visit/3", {**fields, "csrf": "wrong"}).status == 403
    assert patient.post("/visit/3", {**fields, "csrf": ""}).status == 403
    assert patient.post("/visit/3", fields, origin="https://evil.example").status == 403
    assert patient.post("/visit/3", fields, sec_fetch_site="cross-site").status == 403
    assert house.store.drafts.read(house.invite().portal_patient_id) == {}
    assert (
        patient.post("/visit/3", fields, origin="http://portal.test", sec_fetch_site="same-origin").status
        == 200
    )


def test_sending_twice_sends_once(house: House) -> None:
    patient = signed_in(house)
    fill(patient)
    for _ in range(2):
        assert patient.post("/visit/send", {}).status == 200
        assert patient.path == "/thanks"
    assert len(sent(house)) == 1
    assert patient.get("/visit/2").body == patient.get("/thanks").body


def test_kind_words_keep_what_was_typed(house: House) -> None:
    patient = signed_in(house)
    reply = patient.post("/visit/3", {"weight": "61", "home-fev1": "31", "action": "next"})
    page = reply.body.decode()
    assert (reply.status, patient.path) == (422, "/visit/3")
    assert "Please check: 31 litres is more than lungs can hold. Is it 3.1?" in page
    assert "kilograms (kg) or pounds (lb)?" in page
    assert 'value="31"' in page
    assert 'aria-invalid="true"' in page
    assert patient.post("/visit/3", {"action": "stop"}).status == 200
    refused = patient.post("/visit/send", {})
    assert refused.status == 422
    assert "31 litres" in refused.body.decode()
    assert sent(house) == []


def test_every_step_is_saved_and_comes_back_after_a_new_code(house: House) -> None:
    patient = signed_in(house)
    patient.post("/visit/2", {"symptom-cough": "4", "own-words": "half", "action": "back"})
    assert patient.path == "/visit/1"
    patient.post("/visit/1", {"topic-1-text": "Night", "action": "stop"})
    assert patient.path == "/saved"
    patient.post("/sign-out", {})
    assert patient.path == "/"
    again = signed_in(house)
    assert b'name="symptom-cough" value="4" checked' in again.get("/visit/2").body
    assert b"half" in again.get("/visit/2").body
    assert b"Night" in again.get("/visit/1").body
    assert sent(house) == []


def test_huge_text_is_kept_and_asked_to_be_shorter(house: House) -> None:
    patient = signed_in(house)
    reply = patient.post("/visit/1", {"topic-1-text": "x" * 20_000, "action": "next"})
    assert reply.status == 422
    assert b"500 letters fit, and it has 20000" in reply.body
    assert b"x" * 20_000 in reply.body


def test_the_last_answers_stand_beside_and_are_never_filled_in(house: House) -> None:
    patient = signed_in(house)
    fill(patient)
    patient.post("/visit/send", {})
    house.clock.pass_by(days=90)
    later = signed_in(house)
    numbers = later.get("/visit/3").body.decode()
    assert "Last time (23 November 2026): 61.4 kg" in numbers
    assert 'id="weight" name="weight" value=""' in numbers
    symptoms = later.get("/visit/2").body.decode()
    assert "Last time (23 November 2026): 4 out of 10" in symptoms
    assert 'name="symptom-cough" value="" checked' in symptoms


def test_teenagers_talk_to_the_clinician_alone_unless_they_choose(house: House) -> None:
    page = signed_in(house, TEENAGER).get("/visit/1").body
    assert b'name="topic-1-audience" value="clinician" checked' in page
    assert b'value="shared" checked' not in page
    adult = signed_in(house).get("/visit/1").body
    assert b'name="topic-1-audience" value="shared" checked' in adult


def test_languages(house: House) -> None:
    assert b'<html lang="es">' in Patient(house, language="es-MX,en;q=0.8").get("/").body
    assert b'<html lang="en">' in Patient(house, language="fr").get("/").body
    assert b'<html lang="es">' in Patient(house).get("/?lang=es").body
    patient = signed_in(house, language="es")
    page = patient.get("/visit/2").body.decode()
    assert "¿Cómo se ha sentido?" in page
    assert "es:Next" not in patient.get("/visit/3").body.decode()
    patient.post("/visit/2", {"own-words": "kept", "action": "lang-en"})
    page = patient.get("/visit/2").body.decode()
    assert "How have you felt?" in page
    assert "kept" in page
    patient.post("/visit/send", {"action": "lang-es"})
    assert patient.path == "/visit/check"
    assert '<html lang="es">' in patient.get("/visit/check").body.decode()
    assert sent(house) == []
    patient.post("/visit/1", {"action": "lang-xx"})
    assert '<html lang="es">' in patient.get("/visit/1").body.decode()


def test_the_language_chosen_at_the_door_is_kept(house: House) -> None:
    patient = Patient(house)
    made = house.invite(language="en")
    assert b'name="lang_chosen"' in patient.get("/?lang=es").body
    assert b'<html lang="es">' in patient.enter(made.code, BORN, lang="es", lang_chosen="1").body
    made = house.invite(language="es")
    assert b'<html lang="es">' in patient.enter(made.code, BORN, lang="en").body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/visit/1", 401),
        ("GET", "/none", 404),
        ("GET", "/visit", 401),
        ("POST", "/visit/send", 401),
        ("DELETE", "/", 405),
    ],
)
def test_without_a_session(house: House, method: str, path: str, status: int) -> None:
    assert house.web.handle(Request(method, path)).status == status


def test_addresses_that_are_none(house: House) -> None:
    patient = signed_in(house)
    assert patient.get("/none").status == 404
    assert patient.post("/none", {}).status == 404
    for path in ("/visit/9", "/visit", "/thanks"):
        assert patient.get(path).status == 200
        assert patient.path == "/visit/1"
    patient.post("/visit/9", {})
    assert patient.path == "/visit/1"


@pytest.mark.parametrize(
    "cookie", ["portal_session=wrong", "portal_session", "a=b; c", "portal_session=\x00"]
)
def test_odd_cookies_are_no_session(house: House, cookie: str) -> None:
    assert house.web.handle(Request("GET", "/visit/1", headers={"cookie": cookie})).status == 401


def test_a_form_of_too_many_fields_is_an_empty_one(house: House) -> None:
    raw = b"&".join(b"a%d=1" % number for number in range(200))
    assert house.web.handle(Request("POST", "/", body=raw)).status == 403


def test_a_response_without_a_date_breaks_nothing(house: House) -> None:
    patient = signed_in(house)
    person = body(house.fhir("GET", "Patient"))["entry"][0]["resource"]["id"]
    for authored in ({}, {"authored": "x"}, {"authored": 3}):
        made = {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "subject": {"reference": f"Patient/{person}"},
        }
        house.fhir(
            "POST",
            "QuestionnaireResponse",
            {**made, **authored, "item": [{"linkId": "weight", "answer": [{"valueString": "a"}]}]},
        )
        assert patient.get("/visit/3").status == 200


@pytest.mark.parametrize("status", [403, 404, 405, 413, 500, 503])
def test_messages_say_that_nothing_is_lost(house: House, status: int) -> None:
    reply = house.web.message(Request("GET", "/x"), status)
    assert reply.status == status
    assert b"Go to the questions" in reply.body
