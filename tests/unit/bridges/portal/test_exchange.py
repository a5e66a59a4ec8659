from bridges.portal.exchange import Refusal, outcome
from bridges.strict_json import read_object


def test_a_refusal_becomes_an_outcome() -> None:
    reply = outcome(Refusal(401, "login", "A token is needed.", {"www-authenticate": "Bearer"}))
    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert read_object(reply.body) == {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "login", "diagnostics": "A token is needed."}],
    }
    assert b'"fatal"' in outcome(Refusal(503, "transient", "Later.")).body
