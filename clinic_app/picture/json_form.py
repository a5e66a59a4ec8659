"""The JSON form of a picture (``commonground picture MRN --json``); docs/picture.md documents it."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from clinic_app.model.moment import Moment
from clinic_app.picture.types import Evidence, GoalBand, PatientLine, Picture, Point

Plain = dict[str, Any]


def to_json(picture: Picture) -> Plain:
    """Plain values, ready for ``json.dumps``: moments as they were sent, decimals as numbers."""
    return {
        "patient": _patient(picture.patient),
        "summary": dict(picture.summary),
        "series": {name: [_point(point) for point in points] for name, points in picture.series.items()},
        "changes": [_line(line) for line in picture.changes],
        "attention": [_line(line) for line in picture.attention],
        "agenda": [
            {**_line(item), "audience": "staff" if item.private else "shared"} for item in picture.agenda
        ],
        "medicines": [_line(line) for line in picture.medicines],
        "cultures": [_line(line) for line in picture.cultures],
        "due": [_line(line) for line in picture.due],
        "visits": [_line(line) for line in picture.visits],
        "decisions": [_line(line) for line in picture.decisions],
        "goals": [_goal(band) for band in picture.goals],
        "feeds": {name: asdict(feed) for name, feed in picture.feeds.items()},
        "sentences": dict(picture.sentences),
        "last_words": dict(picture.last_words),
        "since": _value(picture.since),
        "record_begins": _value(picture.record_begins),
        "orders": [_line(line) for line in picture.orders],
        "documents": [_line(line) for line in picture.documents],
        "immunisations": [_line(line) for line in picture.immunisations],
        "problems": [_line(line) for line in picture.problems],
        "allergies": [_line(line) for line in picture.allergies],
    }


def _patient(line: PatientLine) -> Plain:
    return {
        "name": line.name,
        "family": line.family,
        "given": line.given,
        "birth_date": _value(line.birth_date),
        "sex": line.sex,
        "identifiers": [{"authority": one.authority, "value": one.value} for one in line.identifiers],
        "language": line.language,
    }


def _point(point: Point) -> Plain:
    return {name: _value(getattr(point, name)) for name in Point.__slots__}


def _goal(band: GoalBand) -> Plain:
    return {name: _value(getattr(band, name)) for name in GoalBand.__slots__}


def _line(line: Any) -> Plain:
    """A line of the picture; its evidence becomes fact ids, and inbox ids in the same order."""
    plain: Plain = {}
    for name in type(line).__slots__:
        value = getattr(line, name)
        if isinstance(value, Evidence):
            plain["evidence"], plain["inbox_ids"] = list(value.fact_ids), list(value.inbox_ids)
        else:
            plain[name] = _value(value)
    if "organisms" in plain:
        plain["organisms"] = [{"key": key, "text": text} for key, text in plain["organisms"]]
    if "susceptibilities" in plain:
        plain["susceptibilities"] = [_line(one) for one in plain["susceptibilities"]]
    return plain


def _value(value: Any) -> Any:
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return list(value)
    return value
