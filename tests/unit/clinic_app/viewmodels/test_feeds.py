"""The health of the feeds in words."""

from datetime import timedelta

from clinic_app.model.people import OUTBOX, FeedState
from clinic_app.model.words import English
from clinic_app.viewmodels.feeds import held_of, shared_feeds, staff_feeds
from tests.ui.factory import FEEDS, NOW

WORDS = English()


def test_the_shared_line_tells_when_and_never_how_many() -> None:
    assert shared_feeds(FEEDS, "Saturday", NOW, WORDS) == (
        "Clinic data: 4 minutes ago",
        "Your answers: Saturday",
    )


def test_silence_says_so() -> None:
    quiet = FeedState("mllp", NOW - timedelta(days=2), 1, 0, 0)
    assert shared_feeds([quiet], "", NOW, WORDS) == (
        "No new clinic data since Saturday. You see the last copy.",
        "Your answers: none yet",
    )
    assert shared_feeds([], "", NOW, WORDS)[0] == "Clinic data: none yet"
    assert shared_feeds([FeedState("mllp", None, 0, 0, 0)], "", NOW, WORDS)[0] == "Clinic data: none yet"


def test_what_the_ehr_refused_of_ours_is_not_held() -> None:
    refused = FeedState(OUTBOX, None, 0, 7, 2)
    assert held_of([*FEEDS, refused]) == held_of(FEEDS) == 5


def test_files_and_loaded_history_have_names() -> None:
    feeds = (FeedState("load", NOW, 9, 0, 0), FeedState("drop", NOW, 1, 0, 0))
    assert staff_feeds(feeds, NOW, WORDS) == ("Loaded history: just now", "EHR files: just now")


def test_messages_for_other_people_are_told_in_numbers() -> None:
    feeds = (FeedState("mllp", NOW, 1, 0, 0, outside=7),)
    assert staff_feeds(feeds, NOW, WORDS) == ("EHR: just now", "7 for other people")


def test_staff_see_what_waits_and_what_is_wrong() -> None:
    feeds = (FeedState("mllp", None, 0, 0, 3), FeedState("fhir", NOW, 1, 0, 0, "PORTAL-UNREACHABLE"))
    assert staff_feeds(feeds, NOW, WORDS) == (
        "EHR: nothing yet",
        "3 wait",
        "Portal: just now",
        "The portal cannot be reached (PORTAL-UNREACHABLE).",
    )
    other = FeedState("mllp", NOW, 1, 0, 0, "BRIDGE-DOWN"), FeedState("fhir", NOW, 1, 0, 0, "ODD")
    assert staff_feeds(other, NOW, WORDS) == (
        "EHR: just now",
        "The bridge is not running (BRIDGE-DOWN).",
        "Portal: just now",
        "ODD",
    )


def test_what_goes_back_to_the_ehr_is_told_to_staff_alone() -> None:
    feeds = (FeedState("mllp", NOW, 1, 0, 0), FeedState(OUTBOX, NOW, 0, 1, 2))
    assert staff_feeds(feeds, NOW, WORDS) == (
        "EHR: just now",
        "2 to the EHR wait",
        "The EHR refused 1 message (commonground outbox list).",
    )
    assert shared_feeds(feeds, "", NOW, WORDS) == shared_feeds(feeds[:1], "", NOW, WORDS)
    assert staff_feeds((FeedState(OUTBOX, NOW, 0, 0, 0),), NOW, WORDS) == ()
