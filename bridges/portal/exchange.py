"""One request and its answer as values, so that the FHIR interface and the pages are tried without a
socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bridges import strict_json

FHIR_JSON = "application/fhir+json; charset=utf-8"


class Clock(Protocol):
    """Gives the present time."""

    def now(self) -> datetime:
        """The present, with zone UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    Attributes:
        method: GET, POST, PUT … path: without query, decoded. query: names and values in order.
        headers: names in lower case. body: at most the server's cap. base: scheme and host as asked for.
        client: address of the asking machine.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = "http://127.0.0.1"
    client: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """A FHIR request that is not done: status, issue code and a reason without patient data."""

    def __init__(self, status: int, code: str, why: str, headers: Mapping[str, str] | None = None) -> None:
        """``code`` is from FHIR's issue-type value set."""
        super().__init__(why)
        self.status = status
        self.code = code
        self.why = why
        self.headers = headers or {}


def outcome(refusal: Refusal) -> Reply:
    """The OperationOutcome of a refusal."""
    severity = "fatal" if refusal.status >= 500 else "error"
    issue = {"severity": severity, "code": refusal.code, "diagnostics": refusal.why}
    body = strict_json.write({"resourceType": "OperationOutcome", "issue": [issue]})
    return Reply(
        refusal.status, body, {"content-type": FHIR_JSON, "cache-control": "no-store", **refusal.headers}
    )
