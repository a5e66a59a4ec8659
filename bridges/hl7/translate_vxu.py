"""VXU: immunisations, given and refused.

Source: HL7 2.5.1 chapter 4.14.7 (RXA), tables 0322 (completion), 0323 (action), CVX codes of table 0292.
"""

from collections.abc import Sequence

from bridges.hl7.profile import Code
from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Immunisation
from clinic_app.model.facts import FactKind, FactStatus

_STATES = {"": "given", "CP": "given", "PA": "given", "RE": "refused", "NA": "not_given"}
_CVX = frozenset({"CVX", "HL70292", "2.16.840.1.113883.12.292", "HTTP://HL7.ORG/FHIR/SID/CVX"})
_NOTHING = "998"
"""CVX: no vaccine administered; such an RXA only carries what is forecast."""


def translate_vxu(reading: Reading, trigger: str) -> None:
    """Note each RXA; an ORC before it names it."""
    orc = Segment("", reading.message.separators)
    number = 0
    for segment in reading.message.segments:
        if segment.name == "ORC":
            orc = segment
        elif segment.name == "RXA":
            number += 1
            _vaccine(reading, orc, segment, f"RXA[{number}]")
            orc = Segment("", reading.message.separators)


def _vaccine(reading: Reading, orc: Segment, rxa: Segment, place: str) -> None:
    codes, words = reading.codes(rxa, rxa.field(5)), reading.wording(rxa, rxa.field(5))
    if any(code == _NOTHING and system in ("", *_CVX) for system, code in codes):
        reading.passed_over += 1
        return
    completion = reading.text(rxa, 20).upper()
    # A reason for refusal without a completion is a refusal all the same.
    state = "refused" if not completion and rxa.field(18) else _STATES.get(completion)
    if not words or state is None:
        what = "5 is empty, the vaccine is not known" if not words else "20: the completion is not known"
        mend = "Ask the sender to complete RXA-5 and RXA-20 (table 0322)."
        reading.hold("UNREADABLE-VALUE" if not words else "UNKNOWN-STATUS", f"{place}-{what}", mend)
        return
    at = reading.moment(rxa, 3, at=place)
    amount, unit = reading.text(rxa, 6), reading.wording(rxa, rxa.field(7))
    body = Immunisation(
        name=words,
        code=_code(codes),
        state=state,
        dose=f"{amount} {unit}".strip() if amount not in ("", "999", "0") else "",
        lot=reading.text(rxa, 15),
    )
    removed = reading.text(rxa, 21).upper() == "D"
    key = _number(reading, orc) or f"{body.code or words.casefold()}|{at.text if at else ''}"
    status = FactStatus.WITHDRAWN if removed else FactStatus.FINAL
    author = " ".join(part for part in (reading.text(rxa, 10, 3), reading.text(rxa, 10, 2, 1)) if part)
    reading.state(
        FactKind.IMMUNISATION, "", f"immunisation:{key}", status, at, body, author, place, ends=removed
    )


def _code(codes: Sequence[Code]) -> str:
    """SYSTEM|CODE: the CVX code where there is one beside others, such as a product's."""
    known = [code for code in codes if code[0] in _CVX]
    return "|".join(("CVX", known[0][1]) if known else codes[0]) if codes else ""


def _number(reading: Reading, orc: Segment) -> str:
    """Filler number, else placer number; 9999 stands for "not ordered here"."""
    for field in (3, 2):
        parts = (reading.text(orc, field, component) for component in (1, 2))
        text = "^".join(parts).rstrip("^")
        if text and text.partition("^")[0] != "9999":
            return text
    return ""
