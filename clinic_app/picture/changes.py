"""What changed since the last visit: at most five lines, in plain words, what may be shared first."""

from collections.abc import Iterable, Sequence
from datetime import date

from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import FactKind
from clinic_app.picture.cultures import NewOrganism
from clinic_app.picture.current import Thing
from clinic_app.picture.scene import Scene, evidence_of
from clinic_app.picture.sentences import Compared, compared
from clinic_app.picture.tables import ToldMeasure
from clinic_app.picture.types import ChangeLine, DueLine, MedicineLine
from clinic_app.picture.wording import measure_names

MOST_LINES = 5


def change_lines(
    scene: Scene,
    medicines: Sequence[MedicineLine],
    orders: Iterable[Thing],
    organisms: Sequence[NewOrganism],
    due: Sequence[DueLine],
) -> tuple[ChangeLine, ...]:
    """Measures, medicines, germs, then open checks; what is private gives way to what is shared."""
    lines: list[ChangeLine] = []
    if scene.since is not None:
        lines += _measures(scene)
        lines += _medicines(scene, medicines, orders, scene.since.day)
        lines += _organisms(scene, organisms)
    lines += [
        ChangeLine(one.text, "open", "due", one.key, one.evidence, one.audience)
        for one in due
        if one.state == "due"
    ]
    lines.sort(key=lambda line: line.audience != "shared")
    return tuple(lines[:MOST_LINES])


def _measures(scene: Scene) -> list[ChangeLine]:
    lines = []
    names = measure_names(scene.words)
    for told in scene.tables.told:
        pair = compared(scene, told.code, told.decimals)
        if pair is not None and abs(pair.difference) >= told.least:
            name = names.get(told.code, told.code.removeprefix("symptom_"))
            lines.append(_measure(scene, told, name, pair))
    return lines


def _measure(scene: Scene, told: ToldMeasure, name: str, pair: Compared) -> ChangeLine:
    down = pair.difference < 0
    return ChangeLine(
        text=_measure_text(scene, told, name, pair, down),
        sign="down" if down else "up",
        kind=FactKind.MEASUREMENT,
        code=told.code,
        evidence=evidence_of((pair.old, pair.new)),
        audience=scene.tables.shared.audience(told.code in scene.tables.shared.series),
    )


def _measure_text(scene: Scene, told: ToldMeasure, name: str, pair: Compared, down: bool) -> str:
    words = scene.words
    if told.code == "weight":
        size = abs(pair.difference)
        if down:
            return words("Weight went down {size} kg.", size=size)
        return words("Weight went up {size} kg.", size=size)
    if told.code.startswith("symptom_"):
        return words(
            "{name} went from {old} to {new} of 10.", name=name, old=pair.old_value, new=pair.new_value
        )
    return words("{name} went from {old} to {new}.", name=name, old=pair.old_value, new=pair.new_value)


def _medicines(
    scene: Scene, medicines: Sequence[MedicineLine], orders: Iterable[Thing], since: date
) -> list[ChangeLine]:
    changed = _changed_orders(scene, orders, since)
    lines = []
    for line in medicines:
        text = _medicine_text(scene, line, since, bool(changed.intersection(line.evidence.fact_ids)))
        if text:
            lines.append(ChangeLine(text, "new", FactKind.MEDICINE, line.code, line.evidence, line.audience))
    return lines


def _changed_orders(scene: Scene, orders: Iterable[Thing], since: date) -> frozenset[int]:
    """Fact ids of the orders that were changed since a day."""
    changed = set()
    for thing in orders:
        statement = thing.fact.statement
        if isinstance(statement.body, Medicine) and statement.body.action == "changed":
            at = statement.at
            if at is not None and scene.happened(at) and at.day > since:
                changed.add(thing.fact.id)
    return frozenset(changed)


def _medicine_text(scene: Scene, line: MedicineLine, since: date, changed: bool) -> str:
    words = scene.words
    if line.state == "stopped":
        stopped = line.stopped is not None and scene.happened(line.stopped) and line.stopped.day > since
        return words("Medicine stopped: {name}.", name=line.name) if stopped else ""
    if line.started is not None and scene.happened(line.started) and line.started.day > since:
        return words("New medicine: {name}.", name=line.name)
    return words("Medicine changed: {name}.", name=line.name) if changed else ""


def _organisms(scene: Scene, organisms: Sequence[NewOrganism]) -> list[ChangeLine]:
    audience = scene.tables.shared.audience(FactKind.CULTURE in scene.tables.shared.kinds)
    return [
        ChangeLine(
            scene.words("A germ was found for the first time: {name}.", name=one.name),
            "new",
            FactKind.CULTURE,
            "",
            one.evidence,
            audience,
        )
        for one in organisms
    ]
