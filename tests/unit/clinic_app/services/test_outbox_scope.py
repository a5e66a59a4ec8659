"""What the view that the gate hands out says of the outbox."""

from clinic_app.model.access import Action, Purpose
from clinic_app.model.outbox import Outcome, Verdict
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA
from tests.unit.clinic_app.services.outbox_house import House, home_weight


def test_bytes_and_words_only_within_the_scope() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    house.send(Outcome(Verdict.REFUSED, "AE", "Anna is unknown"))
    asked = {
        (Action.LIST_OUTBOX, ANNA): (b"", "Anna is unknown"),
        (Action.READ_OUTBOX, ANNA): (house.rows()[0].payload, "Anna is unknown"),
        (Action.READ_OUTBOX, BELA): (b"", ""),
    }
    for (action, who), (payload, words) in asked.items():
        with house.clinic.staff.reading(action, (who,), purpose=Purpose.OPERATION) as view:
            found = view.outbox_message(1)
            assert found is not None
            assert (found.payload, found.words) == (payload, words)
            for rows in (view.outbox(), view.outbox_from(ANNA_PORTAL), view.outbox_open()):
                assert [(row.id, row.words, row.payload) for row in rows] == [(1, "", b"")]
            assert view.outbox_message(9) is None
            assert view.outbox_health().refused == 1
            place = view.outbox_place()
            assert place is not None
            assert place.sequence > 0
