"""Health of the feeds: what was received, what is held, what waits; no patient data, no access row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clinic_app.model.outbox import OutboxHealth
from clinic_app.model.people import FeedState
from clinic_app.services.gate import Gate

CHANNELS = ("mllp", "fhir")


def feeds(gate: Gate, landed: int = 0, notes: Mapping[str, str] | None = None) -> Sequence[FeedState]:
    """State per channel, EHR and portal always present, further listeners once they brought something.

    ``landed`` is the intake's greatest id (0: not known): what is above the main store's greatest id still
    waits, and is told under the EHR's channel. ``notes`` says per channel what the bridge reports (portal
    unreachable …).
    """
    with gate.watching() as view:
        found = {state.channel: state for state in view.feeds()}
        waiting = max(0, landed - view.last_entry_id())
        outside = sum(count.messages for count in view.outside(gate.clock.now()).counts)
    told = notes or {}
    others = sorted(name for name in found if name not in CHANNELS)
    states = [found.get(name) or FeedState(name, None, 0, 0, 0) for name in (*CHANNELS, *others)]
    return [
        replace(
            state,
            waiting=state.waiting + (waiting if state.channel == CHANNELS[0] else 0),
            note=told.get(state.channel, state.note),
            outside=outside if state.channel == CHANNELS[0] else 0,
        )
        for state in states
    ]


def of_outbox(gate: Gate) -> OutboxHealth:
    """What goes back to the EHR, in counts."""
    with gate.watching() as view:
        return view.outbox_health()
