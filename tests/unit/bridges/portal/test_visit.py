"""What every answer to somebody signed in carries, and the mark of their forms."""

from bridges.portal.person import Person
from bridges.portal.store.doors import Session
from bridges.portal.visit import SECURITY_HEADERS, Visit, go


def visit(token: str) -> Visit:
    return Visit(Session("digest", "p", "en", ""), Person("p", "Ann Roe", None), token, {})


def test_the_mark_of_forms_belongs_to_one_session_and_does_not_tell_its_token() -> None:
    assert visit("one").csrf == visit("one").csrf
    assert visit("one").csrf != visit("two").csrf
    assert "one" not in visit("one").csrf


def test_going_on_keeps_the_security_headers() -> None:
    reply = go("/visit/1", {"set-cookie": "x=1"})
    assert (reply.status, reply.headers["location"], reply.headers["set-cookie"]) == (303, "/visit/1", "x=1")
    assert SECURITY_HEADERS.items() <= reply.headers.items()
