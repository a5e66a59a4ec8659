from decimal import Decimal
from typing import Any

import pytest

from tests.unit.bridges.portal.house import House, body

GOAL = {
    "resourceType": "Goal",
    "lifecycleStatus": "active",
    "description": {"text": "Run"},
    "subject": {"reference": "Patient/p"},
}
WEIGHT = {"resourceType": "Observation", "status": "final", "valueQuantity": {"value": Decimal("61.40")}}


def test_create_read_update_and_history(house: House) -> None:
    made = house.fhir("POST", "Observation", {**WEIGHT, "id": "theirs"})
    stored = body(made)
    name = stored["id"]
    assert (made.status, made.headers["etag"], name != "theirs") == (201, 'W/"1"', True)
    assert made.headers["location"] == f"http://portal.test/fhir/Observation/{name}/_history/1"
    assert b'"value":61.40' in made.body
    assert house.fhir("GET", f"Observation/{name}").body == made.body
    changed = house.fhir("PUT", f"Observation/{name}", {**stored, "status": "amended"}, if_match='W/"1"')
    assert (changed.status, body(changed)["meta"]["versionId"], "location" in changed.headers) == (
        200,
        "2",
        False,
    )
    assert house.fhir("PUT", f"Observation/{name}", stored, if_match='W/"1"').status == 412
    assert house.fhir("GET", f"Observation/{name}/_history/1").body == made.body
    history = body(house.fhir("GET", f"Observation/{name}/_history"))
    assert (history["type"], [entry["request"]["method"] for entry in history["entry"]]) == (
        "history",
        ["PUT", "POST"],
    )
    assert history["entry"][0]["resource"]["status"] == "amended"


def test_put_makes_a_resource_under_an_id_of_the_clients(house: House) -> None:
    made = house.fhir("PUT", "Goal/mine", {**GOAL, "id": "mine"}, prefer="return=minimal")
    assert (made.status, made.body) == (201, b"")
    assert made.headers["location"].endswith("/Goal/mine/_history/1")


def test_search_pages_link_onward_with_all_that_was_asked(house: House) -> None:
    for _ in range(5):
        house.fhir("POST", "Goal", GOAL)
    seen, asked = [], "Goal?_count=2&_sort=-_lastUpdated&patient=p"
    while asked:
        bundle = body(house.fhir("GET", asked))
        assert bundle["total"] == 5
        assert bundle["entry"][0]["search"] == {"mode": "match"}
        assert bundle["entry"][0]["fullUrl"].startswith("http://portal.test/fhir/Goal/")
        seen += [entry["resource"]["meta"]["lastUpdated"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert "patient=p" in links["self"]
        asked = links.get("next", "").removeprefix("http://portal.test/fhir/")
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5


def test_references_to_our_own_patients_become_relative(house: House) -> None:
    for sent, kept in (
        ("http://portal.test/fhir/Patient/p", "Patient/p"),
        ("http://other.test/fhir/Patient/p", "http://other.test/fhir/Patient/p"),
    ):
        made = house.fhir("POST", "Goal", {**GOAL, "subject": {"reference": sent, "display": "Maya"}})
        assert body(made)["subject"] == {"reference": kept, "display": "Maya"}


def test_counting_without_entries(house: House) -> None:
    house.fhir("POST", "Goal", GOAL)
    for asked in ("Goal?_summary=count", "Goal?_count=0"):
        assert {
            key: value for key, value in body(house.fhir("GET", asked)).items() if key in ("total", "entry")
        } == {"total": 1}


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic {}", "{}"])
def test_only_a_token_that_works_opens(house: House, token: str) -> None:
    reply = house.fhir("GET", "Patient", authorization=token.format(house.token))
    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert body(reply)["resourceType"] == "OperationOutcome"


def test_a_revoked_token_is_shut_out(house: House) -> None:
    assert house.fhir("GET", "Patient").status == 200
    house.store.doors.revoke_token(1, house.clock.now())
    assert house.fhir("GET", "Patient").status == 401


@pytest.mark.parametrize(
    ("method", "path", "sent", "headers", "status"),
    [
        ("GET", "Goal/none", None, {}, 404),
        ("GET", "Goal/none/_history", None, {}, 404),
        ("GET", "Goal/none/_history/1", None, {}, 404),
        ("GET", "Goal/none/_history/x", None, {}, 404),
        ("GET", "Goal/none/x/y", None, {}, 404),
        ("GET", "Goal/a b", None, {}, 404),
        ("GET", "Encounter", None, {}, 404),
        ("GET", "", None, {}, 404),
        ("POST", "metadata", None, {}, 404),
        ("DELETE", "Goal/x", None, {}, 405),
        ("PATCH", "Goal/x", {}, {}, 405),
        ("POST", "Goal/_search", {}, {}, 405),
        ("GET", "Goal?colour=red", None, {}, 400),
        ("POST", "Goal", GOAL, {"if_none_exist": "x=1"}, 400),
        ("POST", "Goal", {**GOAL, "resourceType": "Patient"}, {}, 400),
        ("POST", "Goal", b'{"resourceType":"Goal","a":NaN}', {}, 400),
        ("POST", "Goal", b'{"resourceType":"Goal","a":1,"a":2}', {}, 400),
        ("POST", "Goal", b"[" * 5000, {}, 400),
        ("POST", "Goal", b"", {}, 400),
        ("POST", "Goal", {**GOAL, "lifecycleStatus": "wishing"}, {}, 422),
        ("POST", "Goal", {"resourceType": "Goal"}, {}, 422),
        ("POST", "Goal", {**GOAL, "lifecycleStatus": ["active"]}, {}, 422),
        ("POST", "Goal", GOAL, {"content_type": "application/fhir+xml"}, 415),
        ("GET", "Goal", None, {"accept": "application/fhir+xml"}, 406),
        ("PUT", "Goal/a", {**GOAL, "id": "b"}, {}, 400),
        ("PUT", "Goal/a", {**GOAL, "id": "a"}, {"if_match": "newest"}, 400),
        ("PUT", "Goal/a", {**GOAL, "id": "a"}, {"if_match": '"1"'}, 412),
    ],
)
def test_every_refusal_is_an_outcome(
    house: House, method: str, path: str, sent: Any, headers: dict[str, str], status: int
) -> None:
    reply = house.fhir(method, path, sent, **headers)
    assert (reply.status, body(reply)["resourceType"]) == (status, "OperationOutcome")


def test_json_by_any_of_its_names(house: House) -> None:
    for media in ("application/json", "application/fhir+json; charset=utf-8"):
        assert house.fhir("POST", "Goal", GOAL, content_type=media, accept=media).status == 201
    assert house.fhir("POST", "Patient", {"resourceType": "Patient"}, accept="*/*").status == 201
