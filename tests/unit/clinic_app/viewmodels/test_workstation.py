"""The model behind both windows, over services in memory."""

from dataclasses import replace

from clinic_app.model.words import English
from clinic_app.viewmodels.look import Look
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.workstation import WorkstationModel
from tests.ui.desk import MemoryDesk
from tests.ui.factory import FEEDS, MAYA, ROWS, change, rich, topic


def model_of(desk: MemoryDesk) -> WorkstationModel:
    model = WorkstationModel(desk, ScreenSettings(Look({}, {}, {}, {}), demonstration=True), English())
    model.take_first(model.read_first())
    return model


def test_nobody_is_open_at_first() -> None:
    model = model_of(MemoryDesk())
    assert model.shared_state() is None
    assert model.staff_person() is None
    assert not model.news_waiting()
    assert len(model.staff_list().rows) == len(ROWS)
    assert model.feed_words() == ("EHR: 4 minutes ago", "Portal: 2 minutes ago")


def test_a_visit_with_news() -> None:
    desk = MemoryDesk()
    model = model_of(desk)
    identifier = model.read_number(MAYA.value)
    visit = model.session.opened(model.session.begin(), model.read_person(identifier))
    assert visit is not None
    state, person = model.shared_state(), model.staff_person()
    assert state is not None
    assert person is not None
    assert (state.banner.name, state.mark) == (person.name, "Demonstration: invented people")
    assert not model.news_waiting()

    desk.commit(MAYA, replace(rich(), agenda=(*rich().agenda, topic("new"))), "topic", "")
    effects = model.take_changes(model.read_changes(model.last_change))
    assert effects.person
    assert effects.list
    model.session.refreshed(visit.token, model.read_again(visit))
    assert model.news_waiting()
    assert model.shared_state() == state


def test_a_change_without_news_shows_no_dot() -> None:
    desk = MemoryDesk()
    model = model_of(desk)
    visit = model.session.opened(model.session.begin(), model.read_person(MAYA))
    assert visit is not None
    desk.pictures[MAYA] = replace(rich(), changes=(change("x", "new", "", "medicine"),))
    model.session.refreshed(visit.token, model.read_again(visit))
    assert not model.news_waiting()


def test_list_and_feeds_are_renewed() -> None:
    desk = MemoryDesk()
    model = model_of(desk)
    desk.rows = ROWS[:1]
    model.take_list(model.read_list())
    assert len(model.staff_list().rows) == 1
    model.take_feeds(model.read_feeds()[:1])
    assert model.feed_words() == ("EHR: 4 minutes ago",)
    assert len(FEEDS) == 2
