"""The sentences of the picture: plain words that a child of 11 reads, each through the catalogue.

Measures, checks and reasons have an id in the data files; the sentences stand here so that they can be
translated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from clinic_app.model.words import Words

CHECK_WORDINGS = frozenset({"lung_function", "sugar_test", "mood_questions", "worry_questions"})
"""Wording ids that a care check may name."""


@dataclass(frozen=True, slots=True)
class CheckWords:
    """Sentences of one care check: its name, and what is said when it is done or due."""

    name: str
    done: str
    due: str


def check_words(words: Words, wording: str, count: int, needed: int, last: str) -> CheckWords:
    """The sentences of a wording id: how often it was done, how often it is wanted, and the last day."""
    if wording == "lung_function":
        return CheckWords(
            words("Breathing tests"),
            words("Breathing tests in the last 12 months: {count}. Nothing is missing.", count=count),
            words(
                "A breathing test is due. In the last 12 months: {count} of {needed}.",
                count=count,
                needed=needed,
            ),
        )
    if wording == "sugar_test":
        return CheckWords(
            words("Sugar test"),
            words("This year’s sugar test was done on {day}.", day=last),
            words("This year’s sugar test is still open. The last one was on {day}.", day=last),
        )
    if wording == "mood_questions":
        return CheckWords(
            words("Questions about mood"),
            words("This year’s questions about mood were answered on {day}.", day=last),
            words("This year’s questions about mood are still open. The last time was {day}.", day=last),
        )
    return CheckWords(
        words("Questions about worry"),
        words("This year’s questions about worry were answered on {day}.", day=last),
        words("This year’s questions about worry are still open. The last time was {day}.", day=last),
    )


def measure_names(words: Words) -> Mapping[str, str]:
    """Plain names of the measures that sentences speak of, by series name."""
    return {
        "fev1_percent_predicted": words("Lung strength"),
        "weight": words("Weight"),
        "height": words("Height"),
        "bmi": words("Weight for height"),
        "bmi_percentile": words("Weight for height and age"),
        "spo2": words("Oxygen"),
        "symptom_overall": words("How you feel"),
        "symptom_cough": words("Cough"),
        "symptom_breath": words("Feeling short of breath"),
        "symptom_energy": words("Energy"),
    }


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Rounded as people do (half away from zero), so that a sentence and its chart show the same number."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
