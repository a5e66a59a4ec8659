"""Sends the synthetic clinic: HL7 v2 over several MLLP connections, submissions over FHIR."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType

import httpx

from clinic_app.app.demo.mllp import MllpSender
from clinic_app.app.demo.scenario import DemoClinic
from clinic_app.app.demo.scribe import Outgoing
from clinic_app.app.demo.submissions import Resource, with_subject
from clinic_app.model.errors import EnvironmentFault

CONNECTIONS = 4
_ADDS_PERSON = "ADT^A28"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where to send: MLLP ``HOST:PORT``, base address of the portal, and the token of its FHIR API."""

    mllp: str
    portal: str
    token: str


@dataclass(frozen=True, slots=True)
class Sent:
    """How much was sent and accepted."""

    messages: int
    submissions: int


class FhirSender:
    """Creates resources on the portal with a bearer token."""

    def __init__(self, base: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        """``base`` is the portal's address, to which ``/fhir`` is added unless it is there."""
        root = base.rstrip("/")
        root = root if root.endswith("/fhir") else f"{root}/fhir"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
        self._client = httpx.Client(base_url=root, headers=headers, timeout=30.0, transport=transport)

    def __enter__(self) -> "FhirSender":
        """The open client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self._client.close()

    def create(self, resource: Resource) -> str:
        """POST the resource; returns its id. EnvironmentFault where the portal does not take it."""
        try:
            answer = self._client.post(f"/{resource['resourceType']}", json=resource)
        except httpx.HTTPError as error:
            raise _refused("The portal cannot be reached") from error
        if answer.status_code != HTTPStatus.CREATED:
            raise _refused(f"The portal answered {answer.status_code} to a {resource['resourceType']}")
        return str(answer.json()["id"])


def _refused(what: str) -> EnvironmentFault:
    mend = "See that `commonground portal` runs, then start the demonstration again."
    return EnvironmentFault("DEMO-FEED", what, mend)


def run_feed(clinic: DemoClinic, addresses: Addresses, portal_id_for: Callable[[str], str]) -> Sent:
    """Send all once: people first, then histories and submissions side by side.

    ``portal_id_for`` asks the clinic for the portal id of a number: links are made there, explicitly.
    """
    people, rest = split(clinic.messages)
    send_messages(addresses.mllp, people)
    with ThreadPoolExecutor(1, "demo-histories") as pool:
        histories = pool.submit(_send_histories, addresses.mllp, rest)
        with FhirSender(addresses.portal, addresses.token) as portal:
            submissions = send_submissions(clinic, portal, portal_id_for)
        histories.result()
    return Sent(len(clinic.messages), submissions)


def split(messages: Sequence[Outgoing]) -> tuple[list[Outgoing], list[Outgoing]]:
    """The messages that add people, and all others."""
    people = [outgoing for outgoing in messages if outgoing.event == _ADDS_PERSON]
    return people, [outgoing for outgoing in messages if outgoing.event != _ADDS_PERSON]


def lanes(messages: Sequence[Outgoing], count: int) -> Sequence[Sequence[Outgoing]]:
    """The messages shared out to connections; one person's stay on one, in their order."""
    shared: Mapping[int, list[Outgoing]] = defaultdict(list)
    for outgoing in messages:
        shared[int(outgoing.mrn) % count].append(outgoing)
    return [shared[lane] for lane in sorted(shared)]


def send_messages(address: str, messages: Sequence[Outgoing]) -> None:
    """Send these over one connection, each after the acknowledgement of the one before."""
    with MllpSender(address) as sender:
        for outgoing in messages:
            sender.send(outgoing.raw)


def _send_histories(address: str, messages: Sequence[Outgoing]) -> None:
    with ThreadPoolExecutor(CONNECTIONS, "demo-lane") as pool:
        for done in [pool.submit(send_messages, address, lane) for lane in lanes(messages, CONNECTIONS)]:
            done.result()


def send_submissions(clinic: DemoClinic, portal: FhirSender, portal_id_for: Callable[[str], str]) -> int:
    """Send what people sent from home, and the stranger's answers; returns how many resources that were."""
    patient, answers = clinic.stranger
    portal.create(with_subject(answers, portal.create(patient)))
    sent = 1
    for mrn, resources in clinic.submissions.items():
        portal_id = portal_id_for(f"{clinic.authority}|{mrn}")
        for resource in resources:
            portal.create(with_subject(resource, portal_id))
            sent += 1
    return sent
