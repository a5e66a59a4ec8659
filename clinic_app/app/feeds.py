"""Health of the feeds as a whole: what the stores hold, and what the bridge says of itself and the portal."""

from collections.abc import Sequence

from clinic_app.app.compose import Clinic
from clinic_app.app.status import read_status
from clinic_app.model.outbox import OutboxHealth
from clinic_app.model.people import OUTBOX, FeedState
from clinic_app.services import health


def feed_states(clinic: Clinic) -> Sequence[FeedState]:
    """State per channel; the note is a code such as BRIDGE-DOWN or PORTAL-UNREACHABLE."""
    status = read_status(clinic.home.status("bridge"))
    portal = status.get("portal")
    notes = {} if status else {"mllp": "BRIDGE-DOWN"}
    if isinstance(portal, dict) and portal.get("code"):
        notes["fhir"] = str(portal["code"])
    feeds = list(health.feeds(clinic.gate, clinic.intake_reader().last_id(), notes))
    return [*feeds, *outbox_feed(health.of_outbox(clinic.gate))]


def outbox_feed(found: OutboxHealth) -> Sequence[FeedState]:
    """What goes back to the EHR as a line beside the feeds, where anything of it is open."""
    if not (found.waiting or found.refused):
        return []
    return [FeedState(OUTBOX, found.last_acknowledged, 0, found.refused, found.waiting)]
