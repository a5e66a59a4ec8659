"""What was committed since: polled by every open screen; leaves no access row."""

from collections.abc import Sequence

from clinic_app.model.access import Change
from clinic_app.services.gate import Gate


def poll(gate: Gate, after_sequence: int) -> Sequence[Change]:
    """Change rows after this one, in order."""
    with gate.watching() as view:
        return view.changes_after(after_sequence)


def latest(gate: Gate) -> int:
    """The greatest sequence now: where a screen that was just filled begins to poll."""
    with gate.watching() as view:
        return view.last_change()
