"""Health of the feeds, with what goes back to the EHR beside them."""

from clinic_app.app.feeds import feed_states, outbox_feed
from clinic_app.model.outbox import OutboxHealth
from clinic_app.model.people import OUTBOX, FeedState
from tests.unit.clinic_app.app.made_home import NOW, MadeHome


def test_where_nothing_is_open_there_is_no_line() -> None:
    assert outbox_feed(OutboxHealth(last_acknowledged=NOW)) == []
    assert outbox_feed(OutboxHealth(2, 1, NOW, "", NOW)) == [FeedState(OUTBOX, NOW, 0, 1, 2)]


def test_without_a_bridge_the_feeds_say_so(home: MadeHome) -> None:
    home.clinic().home.status("bridge").unlink(missing_ok=True)
    with home.clinic() as clinic:
        notes = {feed.channel: feed.note for feed in feed_states(clinic)}
    assert notes == {"mllp": "BRIDGE-DOWN", "fhir": ""}
    home.clinic().home.status("bridge").write_text('{"portal": {"code": "PORTAL-UNREACHABLE"}}')
    with home.clinic() as clinic:
        notes = {feed.channel: feed.note for feed in feed_states(clinic)}
    assert notes == {"mllp": "", "fhir": "PORTAL-UNREACHABLE"}
