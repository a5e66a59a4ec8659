"""What staff state here sorts with what the feeds state."""

from datetime import timedelta, timezone

from clinic_app.model.bodies import Decision
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment
from clinic_app.services.staff import sent_now, state_here
from clinic_app.store.memory import MemoryStore
from tests.spec.samples import ANNA, NOW


def test_the_time_is_utc_of_fixed_width() -> None:
    assert sent_now(NOW) == "2026-03-10T09:00:00.000000Z"
    assert sent_now(NOW.astimezone(timezone(timedelta(hours=5)))) == sent_now(NOW)


def test_a_statement_and_its_change_row() -> None:
    store = MemoryStore()
    with store.unit() as unit:
        said = state_here(unit, ANNA, FactKind.DECISION, "", "d", Decision("Walk daily"), "chris", NOW)
        since = Moment("2026-01")
        older = state_here(
            unit, ANNA, FactKind.DECISION, "", "d", Decision("x"), "chris", NOW, FactStatus.CORRECTED, since
        )
    assert (said.at, said.source, said.status) == (Moment.of(NOW), "staff", FactStatus.FINAL)
    assert (older.at, older.status) == (since, FactStatus.CORRECTED)
    with store.snapshot() as view:
        assert [change.codes for change in view.changes_after(0)] == [(), ()]
