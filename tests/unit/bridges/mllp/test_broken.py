"""What is no whole message is held with a reason; everything else is left to the translators."""

from datetime import UTC, datetime

import pytest

from bridges.mllp.broken import translate_broken
from clinic_app.model.entries import RawEntry


def entry(flag: str) -> RawEntry:
    return RawEntry(1, "mllp", "10.0.0.7", "", "", datetime(2026, 3, 1, tzinfo=UTC), b"MSH|half", flag)


@pytest.mark.parametrize(
    "flag", ["FRAME-TOO-LARGE", "FRAME-TIMEOUT", "FRAME-UNFINISHED", "GARBAGE-BETWEEN-FRAMES"]
)
def test_broken_entries_are_held_with_their_code(flag: str) -> None:
    translation = translate_broken(entry(flag))
    assert translation is not None
    assert translation.subject is None
    (hold,) = translation.holds
    assert hold.code == flag
    assert hold.reason
    assert hold.mend.endswith(".")


@pytest.mark.parametrize("flag", ["", "CONTROL-ID-REUSED"])
def test_whole_messages_are_left_to_the_translators(flag: str) -> None:
    assert translate_broken(entry(flag)) is None
