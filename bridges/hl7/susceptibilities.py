"""What the organisms of a culture are sensitive to.

Laboratories send it in the culture's own order, tied to the organism by the same OBX-4, or in an order of its
own (a child) that names its parent in OBR-26 (result: code, OBX-4, words) and OBR-29 (order). A drug that is
tied to nothing is told without an organism: a wrong one would be worse. Source: HL7 2.5.1 chapter 7.4.1
(OBR-26, OBR-29), 7.4.2 (OBX-4, OBX-8), table 0078; OBX-8 is coded (CWE) from version 2.7.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridges.hl7.cultures import organisms_in, specimen_of
from bridges.hl7.orders import Order, Result, author_of
from bridges.hl7.profile import Code
from bridges.hl7.reading import Reading
from clinic_app.model.bodies import Susceptibility
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment

_FLAGS = frozenset({"S", "I", "R", "MS", "VS", "SDD", "NS"})
_WORDS = {
    "SUSCEPTIBLE": "S",
    "SENSITIVE": "S",
    "INTERMEDIATE": "I",
    "RESISTANT": "R",
    "NON-SUSCEPTIBLE": "NS",
    "SUSCEPTIBLE-DOSE DEPENDENT": "SDD",
}
_CONCENTRATIONS = frozenset({"ug/ml", "mcg/ml", "µg/ml", "μg/ml", "mg/l", "mm"})
"""Units of a measured value (MIC, or the zone around a disc) that needs no interpretation to be one."""
_MOST_PARENTS = 20
"""A number that more orders than this share names none of them."""

Organism = tuple[str, str]
"""Key (empty where the profile does not know it) and words."""


def interpretation(reading: Reading, result: Result) -> str:
    """S, I, R … of OBX-8, else of a value that says nothing but this; empty where the result says none."""
    obx = result.obx
    flags = [reading.meant(obx.within(flag, 1)).upper() for flag in obx.repetitions(8)]
    told = next((flag for flag in flags if flag in _FLAGS), "")
    values = (reading.text(obx, 5, component).upper() for component in (1, 2))
    return told or next((_flag(value) for value in values if _flag(value)), "")


def _flag(value: str) -> str:
    return value if value in _FLAGS else _WORDS.get(value, "")


@dataclass(frozen=True, slots=True)
class _Grown:
    """A result that drugs may be tied to by OBX-4; ``organism`` is None where it is not known to be one."""

    sub_id: str
    organism: Organism | None


@dataclass(frozen=True, slots=True)
class _Around:
    """What the drugs of one order stand among: its parents, whether that is a culture, and what grew."""

    parents: Sequence[Order]
    culture: bool
    grown: Sequence[_Grown]


class Isolates:
    """The organisms of one ORU and the drugs tested on them. Each order is looked at once, when its first
    drug comes: a report of thousands of drugs stays linear.
    """

    def __init__(self, reading: Reading, orders: Sequence[Order]) -> None:
        """Nothing is worked out yet."""
        self._reading = reading
        self._orders = orders
        self._around: dict[int, _Around] = {}
        self._own: dict[int, Sequence[_Grown]] = {}
        self._heading: list[Order] | None = None
        self._by_number: dict[str, list[Order]] | None = None

    def tells_of(self, order: Order, result: Result) -> bool:
        """Whether a result of a culture's order, or of a child of one, says what an organism is sensitive
        to."""
        said = bool(interpretation(self._reading, result))
        if not said and not (self._child(order) and self._measured(result)):
            return False
        return self._of(order).culture

    def state(self, order: Order, result: Result, status: FactStatus, key: str, at: Moment | None) -> None:
        """Note one drug."""
        reading, obx = self._reading, result.obx
        around = self._of(order)
        codes = reading.codes(obx, obx.field(3))
        organism, words = self._organism(order, result, around)
        specimens = (specimen_of(reading, one) for one in (order, *around.parents))
        body = Susceptibility(
            drug=reading.wording(obx, obx.field(3)),
            code="|".join(codes[0]) if codes else "",
            interpretation=interpretation(reading, result),
            text=self._value(result),
            organism=organism,
            organism_text=words,
            specimen=next((one for one in specimens if one), ""),
        )
        tied = reading.text(order.obr, 26, 2)
        key = f"{key}|{tied}" if tied else key
        author = author_of(reading, result)
        reading.state(FactKind.SUSCEPTIBILITY, organism, key, status, at, body, author, result.place)

    def _value(self, result: Result) -> str:
        """The measured value with its unit, as sent; empty where the value is the interpretation."""
        reading, obx = self._reading, result.obx
        if obx.part(2).strip().upper() == "SN":
            value = "".join(reading.text(obx, 5, component) for component in (1, 2, 3, 4))
        else:
            value = reading.text(obx, 5)
        if not value or _flag(value.upper()):
            return ""
        return f"{value} {reading.text(obx, 6)}".strip()

    def _measured(self, result: Result) -> bool:
        return self._reading.text(result.obx, 6).casefold() in _CONCENTRATIONS

    def _child(self, order: Order) -> bool:
        return any(order.obr.field(number) for number in (26, 29))

    def _of(self, order: Order) -> _Around:
        found = self._around.get(order.number)
        if found is None:
            parents = self._parents(order)
            grown = [one for each in (order, *parents) for one in self._grown(each)]
            found = self._around[order.number] = _Around(parents, self._is_culture(order, parents), grown)
        return found

    def _is_culture(self, order: Order, parents: Iterable[Order]) -> bool:
        """By the code of the order or of a parent, or by the result that OBR-26 names."""
        reading, profile = self._reading, self._reading.profile
        for each in (order, *parents):
            if any(code in profile.cultures for code in self._panels(each)):
                return True
        system = profile.system(reading.text(order.obr, 26, 1, 3))
        named = (system, reading.text(order.obr, 26, 1, 1))
        return named in profile.cultures or named in profile.organism_codes

    def _panels(self, order: Order) -> list[Code]:
        return self._reading.codes(order.obr, order.obr.field(4))

    def _parents(self, order: Order) -> Sequence[Order]:
        """The orders of this message that OBR-29 names; where it names none and OBR-26 is there, the culture
        before it.
        """
        reading = self._reading
        numbers = {reading.text(order.obr, 29, component, 1) for component in (1, 2)} - {""}
        if numbers:
            found = {one.number: one for text in sorted(numbers) for one in self._numbered().get(text, ())}
            return [found[number] for number in sorted(found)] if len(found) <= _MOST_PARENTS else []
        if not order.obr.field(26):
            return []
        before = bisect_left(self._cultures(), order.number, key=lambda one: one.number)
        return self._cultures()[max(before - 1, 0) : before]

    def _heads(self) -> list[Order]:
        return [order for order in self._orders if order.obr and not self._child(order)]

    def _cultures(self) -> list[Order]:
        """Orders of cultures that are no children."""
        if self._heading is None:
            cultures = self._reading.profile.cultures
            self._heading = [
                one for one in self._heads() if any(code in cultures for code in self._panels(one))
            ]
        return self._heading

    def _numbered(self) -> dict[str, list[Order]]:
        """Orders that are no children by each number that they have."""
        if self._by_number is None:
            self._by_number = {}
            for order in self._heads():
                texts = {
                    self._reading.text(segment, field)
                    for segment in (order.obr, order.orc)
                    for field in (2, 3)
                }
                for text in texts - {""}:
                    self._by_number.setdefault(text, []).append(order)
        return self._by_number

    def _grown(self, order: Order) -> Sequence[_Grown]:
        """What the results of an order say that grew; those that are no drugs either count as unknown."""
        found = self._own.get(order.number)
        if found is None:
            panels = self._panels(order)
            found = self._own[order.number] = [
                one for result in order.results for one in self._grown_in(result, panels)
            ]
        return found

    def _grown_in(self, result: Result, panels: list[Code]) -> list[_Grown]:
        reading, obx = self._reading, result.obx
        sub_id = reading.text(obx, 4).partition(".")[0]
        organisms = organisms_in(reading, result, reading.codes(obx, obx.field(3)), panels)
        if organisms:
            return [_Grown(sub_id, one) for one in organisms]
        is_drug = bool(interpretation(reading, result)) or self._measured(result)
        return [] if is_drug else [_Grown(sub_id, None)]

    def _organism(self, order: Order, result: Result, around: _Around) -> Organism:
        """By OBX-4 (of OBR-26 in a child), by the words of OBR-26, or the only one there is; else unknown."""
        reading = self._reading
        named = reading.text(order.obr, 26, 2)
        own = "" if self._child(order) else reading.text(result.obx, 4).partition(".")[0]
        sub_id = named or own
        tied = [one.organism for one in around.grown if sub_id and one.sub_id == sub_id]
        organisms = list(dict.fromkeys(one for one in tied if one is not None))
        if len(organisms) == 1:
            return organisms[0]
        words = reading.text(order.obr, 26, 3)
        if words:
            return reading.profile.organisms.named(words), words
        if named or tied:  # it says whose it is, and we do not know that one
            return "", ""
        every = list(dict.fromkeys(one.organism for one in around.grown if one.organism is not None))
        return every[0] if len(every) == 1 else ("", "")
