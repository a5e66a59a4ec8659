"""The summary beside the banner, and the health of the feeds. What nobody sent is "not known here"."""

from collections.abc import Sequence

from clinic_app.model.people import FeedState
from clinic_app.picture.scene import Scene
from clinic_app.picture.times import say_day
from clinic_app.picture.types import AllergyLine, FeedLine, MedicineLine

_UNKNOWN = ("genotype", "pancreatic_status", "cfrd", "transplant", "allergies")


def summary_of(
    scene: Scene,
    medicines: Sequence[MedicineLine],
    states: frozenset[str],
    allergies: Sequence[AllergyLine] = (),
) -> dict[str, str]:
    """Lines by name; confirmed states read "yes"."""
    words = scene.words
    unknown = words("not known here")
    lines = {name: words("yes") if name in states else unknown for name in _UNKNOWN}
    lines["modulators"] = _modulators(scene, medicines) or unknown
    lines["record"] = _record(scene)
    lines["allergies"] = _allergies(scene, allergies) or unknown
    return lines


def _allergies(scene: Scene, allergies: Sequence[AllergyLine]) -> str:
    """Named, or of what none is known where somebody said so; empty where nobody said anything."""
    real = [line.substance for line in allergies if not line.none_known]
    if real:
        return ", ".join(real)
    words = scene.words
    said = {line.none_known for line in allergies}
    if "all" in said:
        return words("no allergies known, says the hospital")
    # Who asked about drugs said nothing of anything else.
    parts = [words("no drug allergies known, says the hospital")] if "drugs" in said else []
    parts += [words("no food allergies known, says the hospital")] if "food" in said else []
    return ", ".join(parts)


def _modulators(scene: Scene, medicines: Sequence[MedicineLine]) -> str:
    names = set(scene.tables.modulators.ingredients)
    words = scene.words
    said = []
    for line in medicines:
        if line.state == "on_record" and names.intersection(line.ingredients):
            since = line.started
            day = say_day(words, since.day) if since is not None and since.has_day else ""
            said.append(words("{name} since {day}", name=line.name, day=day) if day else line.name)
    return ", ".join(said)


def _record(scene: Scene) -> str:
    words = scene.words
    if scene.begins is None:
        return words("There is no clinic record yet.")
    return words("Our record begins on {day}.", day=say_day(words, scene.begins.day))


def feed_lines(feeds: Sequence[FeedState]) -> dict[str, FeedLine]:
    """Health per channel for the bottom line."""
    return {
        feed.channel: FeedLine(
            last_received=feed.last_received.isoformat() if feed.last_received else "",
            held=feed.held,
            waiting=feed.waiting,
            note=feed.note,
        )
        for feed in sorted(feeds, key=lambda feed: feed.channel)
    }
