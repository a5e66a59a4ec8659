"""Body mass index: weight in kg divided by the square of the height in m."""

from clinic_app.calc.numbers import Computed, Refusal

METHOD = "weight / height squared"
VERSION = "1"
UNIT = "kg/m2"


def bmi(weight_kg: float, height_cm: float) -> Computed | Refusal:
    """The BMI in kg/m2, or a refusal where weight or height is not above 0."""
    if not (0 < weight_kg < float("inf") and 0 < height_cm < float("inf")):
        return Refusal("VALUE", "weight and height must be above 0")
    return Computed(weight_kg / (height_cm / 100) ** 2, UNIT, METHOD, VERSION)
