"""Care checks: what was done within its interval, what is due, and what we cannot know.

A check with nothing on record says "not known here"; until 12 months of record are held nothing is said to be
due.
"""

from clinic_app.picture.scene import Scene, evidence_of
from clinic_app.picture.tables import CareCheck
from clinic_app.picture.times import months_before, say_day, time_key
from clinic_app.picture.types import DueLine, Evidence, Point
from clinic_app.picture.wording import check_words


def due_lines(scene: Scene, states: frozenset[str]) -> tuple[DueLine, ...]:
    """One line per care check; `states` are those that a person confirmed (``cfrd`` …)."""
    return tuple(_line(check, scene, states) for check in scene.tables.checks)


def _line(check: CareCheck, scene: Scene, states: frozenset[str]) -> DueLine:
    since = months_before(scene.today, check.interval_months)
    tests = _tests(check, scene)
    recent = [point for point in tests if point.at is not None and point.at.day > since]
    days = len({point.at.day for point in recent if point.at is not None})
    state, text = _said(check, scene, states, tests, days)
    shared = not check.private and check.key in scene.tables.shared.checks
    known = state in ("done", "due")
    return DueLine(
        key=check.key,
        text=text,
        state=state,
        evidence=evidence_of(recent or tests[-1:]) if known else Evidence(),
        audience=scene.tables.shared.audience(shared),
    )


def _tests(check: CareCheck, scene: Scene) -> list[Point]:
    """All on record that counts for the check, oldest first; a worded or `<` result counts too."""
    points = [
        point for code in check.codes for point in scene.series.get(code, ()) if scene.happened(point.at)
    ]
    return sorted(points, key=lambda point: time_key(point.at))


def _said(
    check: CareCheck, scene: Scene, states: frozenset[str], tests: list[Point], days: int
) -> tuple[str, str]:
    words = scene.words
    last = tests[-1].at if tests else None
    say = check_words(words, check.wording, days, check.count, say_day(words, last.day) if last else "")
    age = scene.person.age_on(scene.today)
    if (age is not None and age < check.from_age_years) or states & check.not_with:
        return "not_applicable", words("{name}: not needed.", name=say.name)
    if days >= check.count:
        return "done", say.done
    if scene.tables.disabled_codes.issuperset(check.codes):
        return "unknown", words("{name}: cannot be known, its codes are switched off.", name=say.name)
    if age is None:
        return "unknown", words("{name}: not known, the birth date is missing.", name=say.name)
    if not tests or scene.begins is None:
        return "unknown", words("{name}: not known here.", name=say.name)
    if not scene.record_held(scene.today):
        begins = say_day(words, scene.begins.day)
        return "unknown", words("{name}: our record begins on {day}.", name=say.name, day=begins)
    return "due", say.due
