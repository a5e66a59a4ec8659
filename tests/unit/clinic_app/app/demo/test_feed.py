import json

import httpx
import pytest

from clinic_app.app.demo.feed import FhirSender, lanes, send_submissions, split
from clinic_app.app.demo.scenario import DemoClinic
from clinic_app.model.errors import EnvironmentFault


class Portal:
    """Keeps what is posted and numbers it."""

    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.posted: list[tuple[str, str, dict[str, object]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.posted.append((request.url.path, request.headers["authorization"], json.loads(request.content)))
        return httpx.Response(self.status, json={"id": str(len(self.posted))})


def sender(portal: Portal, base: str = "http://portal") -> FhirSender:
    return FhirSender(base, "secret", httpx.MockTransport(portal))


@pytest.mark.parametrize("base", ["http://portal", "http://portal/", "http://portal/fhir"])
def test_a_resource_is_posted_with_the_token(base: str) -> None:
    portal = Portal()
    with sender(portal, base) as fhir:
        assert fhir.create({"resourceType": "Patient"}) == "1"
    assert portal.posted == [("/fhir/Patient", "Bearer secret", {"resourceType": "Patient"})]


def test_a_refusal_stops_the_sending_and_names_no_content() -> None:
    with sender(Portal(401)) as fhir, pytest.raises(EnvironmentFault) as caught:
        fhir.create({"resourceType": "Patient", "name": "private"})
    assert "401" in str(caught.value)
    assert "private" not in str(caught.value)


def test_a_portal_that_is_away_is_said_so() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    fhir = FhirSender("http://portal", "secret", httpx.MockTransport(away))
    with fhir, pytest.raises(EnvironmentFault, match="cannot be reached"):
        fhir.create({"resourceType": "Patient"})


def test_submissions_go_to_the_ids_that_the_clinic_names(demo_clinic: DemoClinic) -> None:
    portal = Portal()
    asked: list[str] = []

    def portal_id_for(number: str) -> str:
        asked.append(number)
        return f"p{number}"

    with sender(portal) as fhir:
        assert send_submissions(demo_clinic, fhir, portal_id_for) == demo_clinic.expected.submissions
    assert asked == [f"DEMO|{mrn}" for mrn in demo_clinic.submissions]
    subjects = {resource["subject"]["reference"] for _, _, resource in portal.posted[1:]}  # type: ignore[index]
    assert subjects == {"Patient/1", *(f"Patient/pDEMO|{mrn}" for mrn in demo_clinic.submissions)}


def test_people_first_and_each_on_one_lane_in_order(demo_clinic: DemoClinic) -> None:
    people, rest = split(demo_clinic.messages)
    assert len(people) == 40
    assert len(people) + len(rest) == len(demo_clinic.messages)
    shared = lanes(rest, 4)
    assert sum(map(len, shared)) == len(rest)
    for lane in shared:
        assert [outgoing.at for outgoing in lane] == sorted(outgoing.at for outgoing in lane)
    homes = [{outgoing.mrn for outgoing in lane} for lane in shared]
    assert all(not (one & other) for one in homes for other in homes if one is not other)
