"""The curtain: every state and every event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.viewmodels.curtain import IDLE_SECONDS, IDLE_SECONDS_IN_VISIT, Curtain


def test_one_key_draws_and_the_same_key_lifts() -> None:
    visit = Curtain().opened(0)
    assert not visit.covers_shared
    assert visit.key(1).covers_shared
    assert not visit.key(1).covers_staff
    assert not visit.key(1).key(2).covers_shared


def test_nobody_open_is_always_blank() -> None:
    assert Curtain().covers_shared
    assert Curtain().opened(0).closed(1).covers_shared


@pytest.mark.parametrize(("visit", "limit"), [(False, IDLE_SECONDS), (True, IDLE_SECONDS_IN_VISIT)])
def test_idle_covers_both_screens_at_its_limit(visit: bool, limit: float) -> None:
    curtain = Curtain(visit=visit, touched=10.0)
    assert not curtain.tick(10 + limit - 1).idle
    covered = curtain.tick(10 + limit)
    assert covered.covers_shared
    assert covered.covers_staff
    assert covered.touch(10 + limit + 1) == covered, "moving the mouse shows nothing"
    assert not covered.key(10 + limit + 1).covers_staff


def test_after_idle_the_curtain_drawn_by_key_is_still_drawn() -> None:
    hidden = Curtain().opened(0).key(1)
    assert hidden.tick(2000).key(2001).covers_shared
    assert not hidden.tick(2000).key(2001).key(2002).covers_shared


def test_a_curtain_drawn_by_key_stays_when_somebody_is_opened_and_goes_with_the_visit() -> None:
    hidden = Curtain().key(0)
    assert hidden.opened(1).covers_shared
    assert not hidden.opened(1).closed(2).opened(3).covers_shared


@given(st.lists(st.sampled_from(["key", "touch", "tick", "opened", "closed"]), max_size=30))
def test_the_shared_screen_is_never_open_without_a_visit(events: list[str]) -> None:
    curtain, now = Curtain(), 0.0
    for event in events:
        now += 100
        curtain = getattr(curtain, event)(now)
        assert curtain.visit or curtain.covers_shared
        assert not curtain.covers_staff or curtain.covers_shared
