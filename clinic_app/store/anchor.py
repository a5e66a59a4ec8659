"""Which of several birth dates an identifier is checked against (docs/decisions/011); shared by both stores.

A function of the set of entries alone: who states which date, never in which order they came.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

_DAY = 10


def agree(one: str, other: str) -> bool:
    """Whether two ISO dates can mean the same day: the shorter is the beginning of the longer."""
    return one[:_DAY].startswith(other[:_DAY]) or other[:_DAY].startswith(one[:_DAY])


def anchor(
    introduced: Mapping[str, str], confirmed: Sequence[str], stated: Callable[[], Iterable[tuple[str, int]]]
) -> str | None:
    """The birth date that most entries state, of those that a patient message (ADT) introduced.

    Args:
        introduced: dates of the identifier's patient messages, each with the earliest sender's time that
            states it.
        confirmed: dates that a person confirmed. They are accepted by themselves, so they do not stand here
            against the others: nobody's history goes away because a corrected date is stated more often.
        stated: every entry's date with its count; asked for only where there is something to decide.

    A shorter date counts for each longer one that it agrees with. Of dates stated equally often it is the one
    with the earliest sender's time, then the smaller text. None where no patient message states a date.
    """
    if len(introduced) < 2:
        return next((date[:_DAY] for date in introduced), None)
    earliest = _longest(introduced)
    open_to_choice = [date for date in earliest if not any(agree(date, sure) for sure in confirmed)]
    choice = open_to_choice or list(earliest)
    if len(choice) == 1:
        return choice[0]
    votes = list(stated())

    def rank(date: str) -> tuple[int, str, str]:
        return -sum(count for other, count in votes if agree(date, other)), earliest[date], date

    return min(choice, key=rank)


def _longest(introduced: Mapping[str, str]) -> dict[str, str]:
    """Each day with its earliest time; a date that only begins a longer one is no choice of its own."""
    days: dict[str, str] = {}
    for date, time in introduced.items():
        day = date[:_DAY]
        days[day] = min(time, days.get(day, time))
    return {
        day: min(time for other, time in days.items() if day.startswith(other))
        for day in days
        if not any(other != day and other.startswith(day) for other in days)
    }
