"""What a change row means for the open screens: live values, staff-only news, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clinic_app.model.access import Change
from clinic_app.model.identity import Identifier
from clinic_app.picture.types import ChangeLine, Picture

LIVE_SERIES = frozenset({"fev1", "fvc", "weight", "height", "spo2"})
"""New values of these appear on the shared screen without a click; nothing else does."""
_WORKED_OUT = frozenset({"fev1_percent_predicted", "bmi", "bmi_percentile"})
_LIST_KINDS = frozenset({"patient", "appointment", "visit", "link", "topic", "answer"})


@dataclass(frozen=True, slots=True)
class Effects:
    """What to read anew after some change rows: the open person, the patient list."""

    person: bool = False
    list: bool = False
    last: int = 0


def effects_of(changes: Sequence[Change], people: Sequence[Identifier], last: int) -> Effects:
    """What change rows ask for; ``people`` are the open person's identifiers, ``last`` the sequence
    before.
    """
    return Effects(
        person=any(set(change.people) & set(people) for change in changes),
        list=any(not change.kinds or set(change.kinds) & _LIST_KINDS for change in changes),
        last=max((change.sequence for change in changes), default=last),
    )


def merge_live(shown: Picture, fresh: Picture) -> Picture:
    """The shown picture with the fresh live series, and with the sentences and lines that speak of them."""
    live = LIVE_SERIES | _WORKED_OUT
    series = {name: points for name, points in shown.series.items() if name not in live}
    series.update({name: points for name, points in fresh.series.items() if name in live})
    return replace(
        shown,
        series=series,
        sentences=_taken(shown.sentences, fresh.sentences, live),
        last_words=_taken(shown.last_words, fresh.last_words, live),
        changes=_lines(shown.changes, fresh.changes, live),
    )


def _taken(shown: dict[str, str], fresh: dict[str, str], live: frozenset[str]) -> dict[str, str]:
    kept = {name: text for name, text in shown.items() if name not in live}
    return kept | {name: text for name, text in fresh.items() if name in live}


def _lines(
    shown: Sequence[ChangeLine], fresh: Sequence[ChangeLine], live: frozenset[str]
) -> tuple[ChangeLine, ...]:
    """Fresh lines of live series first, then what was shown of everything else."""
    speaks = [line for line in fresh if line.kind == "measurement" and line.code in live]
    return (*speaks, *(line for line in shown if not (line.kind == "measurement" and line.code in live)))
