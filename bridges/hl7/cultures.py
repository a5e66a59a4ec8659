"""Cultures: organisms by code or by whole words, their absence, and the specimen.

Nothing is read out of running text: an organism is named only where a text consists of its name (and an
amount). Other words are recorded as they are. Source: HL7 2.5.1 chapter 7.4 (OBR-15), 7.4.3 (SPM), table 0078
(OBX-8). What the organisms are sensitive to: `bridges.hl7.susceptibilities`.
"""

import re
from dataclasses import replace

from bridges.hl7.orders import Order, Result, author_of, note_of, remark_empty, said_of
from bridges.hl7.profile import Code, CultureRow
from bridges.hl7.reading import Reading, named
from clinic_app.model.bodies import Culture
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment

_CODED = ("CE", "CWE", "CNE", "CF")
_DENIED = re.compile(
    r"(?:no|no growth of|negative for) [^;,.:]+"
    r"|[^;,.:]+ (?:was |were )?not (?:isolated|detected|seen|grown|found)[. ]*",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\b(?:but|except|other than|only|and)\b", re.IGNORECASE)


def culture_row(reading: Reading, result: Result, codes: list[Code], panels: list[Code]) -> CultureRow | None:
    """The culture that a result belongs to: by its own code, or within a culture order by an organism code or
    its value.

    Laboratories send organisms under a code of their own, within an order whose code says that it is a
    culture.
    """
    profile = reading.profile
    own = next((profile.cultures[code] for code in codes if code in profile.cultures), None)
    ordered = next((profile.cultures[code] for code in panels if code in profile.cultures), None)
    if own is not None:
        return replace(own, specimen=own.specimen or (ordered.specimen if ordered else ""))
    if ordered is None or any(code in profile.measurements for code in codes):
        return None
    if profile.organism_codes.intersection(codes) or any(
        _recognised(reading, result, v) for v in _values(result)
    ):
        return ordered
    return None


def organisms_in(
    reading: Reading, result: Result, codes: list[Code], panels: list[Code]
) -> list[tuple[str, str]]:
    """Key and words of what grew, by a result that belongs to a culture; nothing is held or remarked."""
    if culture_row(reading, result, codes, panels) is None:
        return []
    found = [_meaning(reading, result, value) for value in _values(result) if value]
    return [(organism, words) for organism, words, growth in found if growth]


def state_culture(
    reading: Reading,
    order: Order,
    result: Result,
    row: CultureRow,
    status: FactStatus,
    key: str,
    at: Moment | None,
) -> None:
    """Note each value of the result as one finding; a withdrawn result without value withdraws what stood
    there."""
    specimen = specimen_of(reading, order) or row.specimen
    values = [value for value in _values(result) if any(_coded(reading, result, value))]
    if not values and status is not FactStatus.WITHDRAWN:
        remark_empty(reading, result, status)
        return
    note, author = note_of(reading, result, said_of(reading, order, result)), author_of(reading, result)
    for number, value in enumerate(values or [""], 1):
        found = _finding(reading, result, value)
        if found is None:
            continue
        organism, words, growth = found
        body = Culture(specimen, organism, words, growth, note)
        own_key = key if number == 1 else f"{key}~{number}"
        reading.state(FactKind.CULTURE, organism, own_key, status, at, body, author, result.place)


def _values(result: Result) -> list[str]:
    """Each repetition of a coded value; plain text as one, whatever delimiters it holds."""
    obx = result.obx
    return obx.repetitions(5) if obx.part(2).strip().upper() in _CODED else [obx.field(5)]


def _coded(reading: Reading, result: Result, value: str) -> tuple[list[Code], list[str]]:
    """Codes and wordings of a value."""
    obx = result.obx
    if obx.part(2).strip().upper() not in _CODED:
        return [], [reading.meant(value)] if reading.meant(value) else []
    wordings = (reading.meant(obx.within(value, component)) for component in (2, 5, 9))
    return reading.codes(obx, value), [words for words in wordings if words]


def _recognised(reading: Reading, result: Result, value: str) -> bool:
    organisms = reading.profile.organisms
    codes, wordings = _coded(reading, result, value)
    if any(code in organisms.codes or code in organisms.unconfirmed for code in codes):
        return True
    return any(
        organisms.named(words) or organisms.none_grew(words) or organisms.is_flora(words)
        for words in wordings
    )


def _finding(reading: Reading, result: Result, value: str) -> tuple[str, str, bool] | None:
    """Organism key, words and growth of one value; None where it was held."""
    organism, words, growth = found = _meaning(reading, result, value)
    if organism or not growth:
        return found
    codes, _ = _coded(reading, result, value)
    if not words:
        reason = f"{result.place}-5: the organism code {named(codes[:1])} has no words and is unknown"
        reading.hold("UNKNOWN-CODE", reason, "Add the organism to the profile, and replay.")
        return None
    if codes:
        remark = f"the organism code {named(codes[:1])} is not in the profile"
    else:
        remark = "the words of the laboratory are kept; they are no organism name that the profile knows"
    reading.remark("UNKNOWN-ORGANISM", f"{result.place}-5: {remark}")
    return found


def _meaning(reading: Reading, result: Result, value: str) -> tuple[str, str, bool]:
    """Organism key (empty where the profile does not know it), words and growth of one value."""
    organisms = reading.profile.organisms
    codes, wordings = _coded(reading, result, value)
    words = wordings[0] if wordings else ""
    if not value or organisms.no_growth_codes.intersection(codes):
        return "", words, False
    if any(organisms.none_grew(text) or organisms.is_flora(text) for text in wordings):
        return "", words, False
    organism = next((organisms.codes[code] for code in codes if code in organisms.codes), "")
    organism = organism or next((found for found in map(organisms.named, wordings) if found), "")
    denied = not organism and _DENIED.fullmatch(words) and not _JOINED.search(words)
    return organism, words, not denied


def specimen_of(reading: Reading, order: Order) -> str:
    """SPM-4 in words, else OBR-15 (source, of which newer versions write the parts as subcomponents)."""
    if order.specimen is None:
        order.specimen = _specimen(reading, order)
    return order.specimen


def _specimen(reading: Reading, order: Order) -> str:
    for segment in order.specimens:
        words = reading.wording(segment, segment.field(4))
        if words:
            return words
    parts = (reading.text(order.obr, 15, 1, part) for part in (2, 1))
    return next((part for part in parts if part), "") or reading.text(order.obr, 15, 2)
