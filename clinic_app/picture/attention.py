"""What deserves a look today: at most seven items, each with its reason, its evidence and who may see it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from clinic_app.picture.cultures import NewOrganism
from clinic_app.picture.fall import Fall, lung_function_fall
from clinic_app.picture.scene import Scene, evidence_of, joined
from clinic_app.picture.times import say_day
from clinic_app.picture.types import AgendaItem, Attention, DueLine
from clinic_app.picture.wording import rounded

MOST_ITEMS = 7
SHARED, STAFF = "shared", "staff"


def attention_items(
    scene: Scene,
    modulator_starts: Mapping[str, date],
    organisms: Sequence[NewOrganism],
    agenda: Sequence[AgendaItem],
    due: Sequence[DueLine],
) -> tuple[Attention, ...]:
    """The items, most pressing first."""
    items = _self_harm(scene)
    fall = lung_function_fall(scene, modulator_starts)
    items += [_fall(scene, fall)] if fall else []
    items += _private_topics(scene, agenda)
    items += _organisms(scene, organisms)
    items += _overdue(scene, due)
    return tuple(items[:MOST_ITEMS])


def _self_harm(scene: Scene) -> list[Attention]:
    """PHQ-9 item 9 above 0 in the newest answer, whatever the total: never on the shared screen."""
    answers = scene.numbers("pro_phq9_item9")
    if not answers or answers[-1].value == 0:
        return []
    words = scene.words
    return [
        Attention(
            "phq9_item9",
            words("Thoughts of death or self-harm were reported."),
            words("PHQ-9 item 9 is above 0."),
            evidence_of(answers[-1:]),
            STAFF,
        )
    ]


def _fall(scene: Scene, fall: Fall) -> Attention:
    words = scene.words
    best, newest = (rounded(value, 0) for value in (_number(fall.best.value), _number(fall.newest.value)))
    day = say_day(words, fall.best.at.day) if fall.best.at else ""
    rule = scene.tables.fall
    allowed = fall.attention and rule.series in scene.tables.shared.series
    return Attention(
        "fev1_fall",
        words("Lung strength fell from {old} to {new}.", old=best, new=newest),
        words(
            "{percent} % below the best of the last {months} months ({best} on {day}).",
            percent=rounded(fall.percent, 0),
            months=rule.window_months,
            best=best,
            day=day,
        ),
        evidence_of((fall.best, fall.newest)),
        scene.tables.shared.audience(allowed),
    )


def _number(value: Decimal | str | None) -> Decimal:
    assert isinstance(value, Decimal)
    return value


def _private_topics(scene: Scene, agenda: Sequence[AgendaItem]) -> list[Attention]:
    """Topics for the clinician alone: staff are told how many there are; their words stay behind a click."""
    words = scene.words
    topics = [topic for topic in agenda if topic.private and topic.state == "open"]
    if not topics:
        return []
    return [
        Attention(
            "private_topic",
            words.plural(
                "There is a private topic to read.", "There are {count} private topics to read.", len(topics)
            ),
            words("Sent for the clinician only."),
            joined(topic.evidence for topic in topics),
            STAFF,
        )
    ]


def _organisms(scene: Scene, organisms: Sequence[NewOrganism]) -> list[Attention]:
    words = scene.words
    return [
        Attention(
            "new_organism",
            words("A germ was found for the first time: {name}.", name=one.name),
            words("It is in no earlier culture on our record."),
            one.evidence,
            STAFF,
        )
        for one in organisms
    ]


def _overdue(scene: Scene, due: Sequence[DueLine]) -> list[Attention]:
    sources = {check.key: check.source for check in scene.tables.checks}
    return [
        Attention("due", line.text, sources[line.key], line.evidence, line.audience)
        for line in due
        if line.state == "due"
    ]
