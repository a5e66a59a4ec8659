"""What the intake keeps though it is no whole message: held with its reason, never translated."""

from typing import Final

from bridges.mllp.session import (
    FRAME_TIMEOUT,
    FRAME_TOO_LARGE,
    FRAME_UNFINISHED,
    GARBAGE_BETWEEN_FRAMES,
)
from clinic_app.model.entries import Hold, RawEntry, Translation

_AGAIN: Final = (
    "The sender sends the message again by itself; if this repeats, have the interface team look at it."
)
_HOLDS: Final = {
    hold.code: hold
    for hold in (
        Hold(
            FRAME_TOO_LARGE,
            "The message is larger than this clinic takes; only its beginning was kept",
            "Raise bridge.max_message_bytes in commonground.toml, then have the message sent again.",
        ),
        Hold(
            FRAME_TIMEOUT,
            "The sender began a message and did not end it in time; what came of it was kept",
            _AGAIN,
        ),
        Hold(FRAME_UNFINISHED, "The sender broke a message off; what came of it was kept", _AGAIN),
        Hold(
            GARBAGE_BETWEEN_FRAMES,
            "Between two messages came something that is none",
            "If this repeats, have the interface team look at what this sender sends.",
        ),
    )
}


def translate_broken(entry: RawEntry) -> Translation | None:
    """The held translation of an entry that is no whole message; None for any other entry."""
    hold = _HOLDS.get(entry.flag)
    return None if hold is None else Translation(None, holds=(hold,))
