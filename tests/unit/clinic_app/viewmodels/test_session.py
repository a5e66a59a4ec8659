"""Who is open, and which answers come too late."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.identity import Identifier
from clinic_app.model.words import English
from clinic_app.picture.types import Picture
from clinic_app.services.open_patient import OpenedPatient
from clinic_app.viewmodels.session import Session, news_of
from tests.ui.factory import MAYA, ROWS, TODAY, child, clinic, rich, topic

TOBI = ROWS[0].identifier


def opened(identifier: Identifier, picture: Picture) -> OpenedPatient:
    return OpenedPatient(identifier, (identifier,), picture, 0)


def test_the_answer_for_a_former_person_is_dropped() -> None:
    session = Session()
    first = session.begin()
    second = session.begin()
    assert session.opened(first, opened(MAYA, rich())) is None
    assert session.opened(second, opened(TOBI, child())) is not None
    assert session.refreshed(first, opened(MAYA, rich())) is None
    visit = session.visit
    assert visit is not None
    assert visit.shown == child()


def test_a_refresh_without_a_visit_is_dropped() -> None:
    session = Session()
    assert session.refreshed(session.begin(), opened(MAYA, rich())) is None
    assert session.take_over() is None
    assert session.toggle_card("weight") is None


def test_other_news_wait_until_they_are_taken_over() -> None:
    session = Session()
    token = session.begin()
    session.opened(token, opened(MAYA, rich()))
    fresh = replace(rich(), agenda=(*rich().agenda, topic("new")))
    visit = session.refreshed(token, opened(MAYA, fresh))
    assert visit is not None
    assert visit.shown == rich()
    assert len(news_of(visit, TODAY, English())) == 1
    taken = session.take_over()
    assert taken is not None
    assert taken.shown == fresh
    assert news_of(taken, TODAY, English()) == ()


def test_hidden_cards_are_remembered_per_person() -> None:
    session = Session()
    session.opened(session.begin(), opened(MAYA, rich()))
    session.toggle_card("weight")
    tobi = session.opened(session.begin(), opened(TOBI, child()))
    assert tobi is not None
    assert tobi.hidden == frozenset()
    again = session.opened(session.begin(), opened(MAYA, rich()))
    assert again is not None
    assert again.hidden == {"weight"}
    shown = session.toggle_card("weight")
    assert shown is not None
    assert shown.hidden == frozenset()


@given(st.lists(st.tuples(st.sampled_from(["begin", "opened", "refreshed"]), st.integers(0, 5)), max_size=25))
def test_whoever_is_shown_was_asked_for_last(events: list[tuple[str, int]]) -> None:
    session, asked = Session(), {0: MAYA}
    for event, late in events:
        token = max(0, session.token - late)
        if event == "begin":
            asked[session.begin()] = TOBI if session.token % 2 else MAYA
        else:
            identifier = asked[token]
            getattr(session, event)(token, opened(identifier, rich() if identifier == MAYA else child()))
        if session.visit is not None:
            assert session.visit.token == session.token
            assert session.visit.opened.identifier == asked[session.token]
    assert clinic("L") == ()
