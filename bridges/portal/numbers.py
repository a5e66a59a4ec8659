"""Numbers as people type them, and kind words where one cannot be right.

The bounds are wide: they catch a slipped point or a wrong unit, not an unusual body. Litres: no measured
FEV1 lies beyond 8 (GLI Global, upper limit of a tall young man about 7); kilograms: newborn to the
heaviest scales of a clinic. Never wider than the limits of the portal's client: what is taken here is read
there.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from clinic_app.model.words import Words

_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,4})?")
_POUND = Decimal("0.45359237")
LITRES = (Decimal("0.1"), Decimal("8"))
KILOGRAMS = (Decimal("1"), Decimal("300"))
UNITS = {"kg": Decimal(1), "[lb_av]": _POUND}


@dataclass(frozen=True, slots=True)
class Typed:
    """What a field holds: a value, or words about what to check (empty value and words: nothing typed)."""

    value: Decimal | None = None
    check: str = ""


def read_number(text: str) -> Decimal | None:
    """A plain number with point or comma, full-width digits too; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return Decimal(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) and plain.isascii() else None


def read_litres(text: str, words: Words) -> Typed:
    """Litres of a home blow."""
    if not text.strip():
        return Typed()
    value = read_number(text)
    if value is None:
        return Typed(check=_not_a_number(words))
    if LITRES[0] <= value <= LITRES[1]:
        return Typed(value)
    likely = next((value / by for by in (10, 100, 1000) if LITRES[0] <= value / by <= LITRES[1]), None)
    said = text.strip()
    if value > LITRES[1] and likely is not None:
        guess = _decimal(likely, words)
        return Typed(
            check=words(
                "Please check: {value} litres is more than lungs can hold. Is it {guess}?",
                value=said,
                guess=guess,
            )
        )
    return Typed(check=words("Please check: {value} litres does not look right.", value=said))


def read_weight(text: str, unit: str, words: Words) -> Typed:
    """A weight in the unit chosen; nothing is assumed where none is."""
    if not text.strip():
        return Typed()
    value = read_number(text)
    if value is None:
        return Typed(check=_not_a_number(words))
    if unit not in UNITS:
        return Typed(check=words("Please choose: kilograms (kg) or pounds (lb)?"))
    if KILOGRAMS[0] <= value * UNITS[unit] <= KILOGRAMS[1]:
        return Typed(value)
    name = {"kg": "kg", "[lb_av]": "lb"}[unit]
    return Typed(
        check=words("Please check: {value} {unit} does not look right.", value=text.strip(), unit=name)
    )


def _decimal(value: Decimal, words: Words) -> str:
    """A number as the reader's language writes it."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",") if words.language == "es" else text


def _not_a_number(words: Words) -> str:
    return words("Please write only a number, such as {example}.", example=_decimal(Decimal("2.4"), words))
