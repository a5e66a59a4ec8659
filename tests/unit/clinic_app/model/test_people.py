"""Values of lists have the defaults that screens rely on."""

from clinic_app.model.people import FeedState, Link, PatientRow
from tests.spec.samples import ANNA, ANNA_PORTAL, NOW


def test_defaults_say_nothing_more_than_is_known() -> None:
    row = PatientRow(ANNA, "Example, Anna", None, "unknown")
    assert (row.next_appointment, row.appointment_place, row.last_submission) == (None, "", None)
    assert Link(ANNA, ANNA_PORTAL, "chris", NOW).active
    assert FeedState("mllp", None, 0, 0, 0).note == ""
