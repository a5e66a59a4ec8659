"""How each measure of the shared screen is named, counted and scaled."""

from dataclasses import dataclass

from clinic_app.model.words import Words


@dataclass(frozen=True, slots=True)
class Measure:
    """One drawn measure.

    Attributes:
        code: its series; ``home``: the home series with the same unit that may be marked beside it.
        title: plain name; ``unit``: what follows the value; ``precise``: its name behind a click.
        decimals: with which the last value is shown.
        least_span: least height of the axis in units, so that noise does not look like news.
        ends: fixed ends of the axis; None where data choose.
    """

    code: str
    home: str
    title: str
    unit: str
    precise: str
    decimals: int
    least_span: float
    ends: tuple[float, float] | None = None


def measure(words: Words, code: str) -> Measure:
    """The measure of a series; raises KeyError for a series that is not drawn."""
    return _measures(words)[code]


def _measures(words: Words) -> dict[str, Measure]:
    percent, liters = words("of 100"), words("liters")
    rows = (
        Measure(
            "fev1_percent_predicted",
            "home_fev1_percent_predicted",
            words("Lung strength"),
            percent,
            words("FEV1 compared with healthy people"),
            0,
            20,
        ),
        Measure("fev1", "home_fev1", words("Lung strength"), liters, words("FEV1"), 2, 0.6),
        Measure("weight", "home_weight", words("Weight"), "kg", words("Weight"), 1, 6),
        Measure(
            "symptom_overall",
            "",
            words("How you feel"),
            words("of 10"),
            words("How you feel"),
            0,
            10,
            (0, 10),
        ),
        Measure("spo2", "home_spo2", words("Oxygen"), percent, words("Oxygen in the blood"), 0, 10),
        Measure("height", "home_height", words("Height"), "cm", words("Height"), 0, 12),
    )
    return {row.code: row for row in rows}
