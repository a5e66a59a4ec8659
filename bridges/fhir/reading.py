"""Looking into a FHIR resource: each value with its path, to name what is wrong without quoting it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from clinic_app.model.moment import Moment

MOST_DIGITS = 18
_KEPT_FRACTION = 6


class Unreadable(Exception):
    """Something at a FHIR path cannot be used; ``code`` is the hold's, ``what`` holds no content."""

    def __init__(self, path: str, what: str, code: str = "UNREADABLE-VALUE") -> None:
        """Name the place and what is wrong there."""
        super().__init__(f"{path} {what}")
        self.path = path
        self.what = what
        self.code = code


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in a resource (None where nothing is there) and its FHIR path."""

    value: object
    path: str

    @property
    def present(self) -> bool:
        """Whether anything is there."""
        return self.value is not None

    def at(self, name: str) -> "Spot":
        """The element of this name; raises Unreadable where this is no object."""
        path = f"{self.path}.{name}"
        if self.value is None:
            return Spot(None, path)
        if not isinstance(self.value, dict):
            raise Unreadable(self.path, "is not an object")
        return Spot(self.value.get(name), path)

    def each(self, name: str) -> Iterator["Spot"]:
        """The elements of a repeating name; raises Unreadable where it is no list."""
        inner = self.at(name)
        if inner.value is None:
            return
        if not isinstance(inner.value, list):
            raise Unreadable(inner.path, "is not a list")
        for index, value in enumerate(inner.value):
            yield Spot(value, f"{inner.path}[{index}]")

    def first(self, name: str) -> "Spot":
        """The first element of a repeating name, empty where there is none."""
        return next(self.each(name), Spot(None, f"{self.path}.{name}[0]"))

    def text(self) -> str:
        """A string, empty where nothing is there."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise Unreadable(self.path, "is not a text")
        return self.value

    def number(self) -> Decimal:
        """A number with the digits as sent; raises Unreadable for one too large or too fine to be a
        measurement."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise Unreadable(self.path, "is not a number")
        value = Decimal(self.value)
        digits, exponent = len(value.as_tuple().digits), int(value.as_tuple().exponent)
        if digits > MOST_DIGITS or abs(exponent) > MOST_DIGITS:
            raise Unreadable(self.path, "has too many digits")
        return value

    def moment(self) -> Moment | None:
        """A FHIR date, dateTime or instant; None where nothing is there. What is finer than a microsecond
        is cut."""
        text = self.text()
        if not text:
            return None
        try:
            return Moment(_shortened(text))
        except ValueError as error:
            raise Unreadable(self.path, "is not a date or time") from error


def _shortened(text: str) -> str:
    whole, point, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return whole + point + digits[:_KEPT_FRACTION] + rest[len(digits) :]


def sortable(moment: Moment | None) -> str:
    """A moment in UTC as text that sorts in order of time; empty for None."""
    if moment is None:
        return ""
    return moment.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
