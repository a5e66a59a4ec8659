"""Allergies, diagnoses and problems, in whatever message they come. What is not in a message is not gone.

Source: HL7 2.5.1 chapter 3.4 (AL1, IAM), 6.5 (DG1), 12.4 (PRB); tables 0206 (actions), 0052, 0127, 0128.
"""

from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Allergy, Problem
from clinic_app.model.facts import FactKind, FactStatus

_NONE_CODES = frozenset({"NKA", "NKDA", "NKFA", "716186003", "409137002", "429625007"})
"""No known allergies, drug allergies, food allergies; the last three are SNOMED CT."""
_NONE_WORDS = ("no known", "nka", "nkda")
_REMOVED = frozenset({"D", "X", "DE", "CA"})
_RESOLVED = frozenset({"RESOLVED", "INACTIVE", "R", "I"})


def state_allergies(reading: Reading) -> None:
    """Note AL1 (a list without actions) and IAM (one by one, with an action)."""
    for number, segment in enumerate(reading.message.all("AL1"), 1):
        _allergy(reading, segment, f"AL1[{number}]", FactStatus.FINAL, "", 6)
    for number, segment in enumerate(reading.message.all("IAM"), 1):
        removed = reading.text(segment, 6).upper() in _REMOVED
        named = reading.text(segment, 7)
        status = FactStatus.WITHDRAWN if removed else FactStatus.FINAL
        _allergy(reading, segment, f"IAM[{number}]", status, named, 11)


def _allergy(
    reading: Reading, segment: Segment, place: str, status: FactStatus, number: str, onset: int
) -> None:
    written = segment.field(3)
    codes, words = reading.codes(segment, written), reading.wording(segment, written)
    if not words:
        reading.remark("EMPTY-RESULT", f"{place}-3 is empty, so there was nothing to record")
        return
    none = any(code.upper() in _NONE_CODES for _, code in codes) or words.casefold().startswith(_NONE_WORDS)
    reactions = (reading.wording(segment, one) for one in segment.repetitions(5))
    body = Allergy(
        substance=words,
        code="|".join(codes[0]) if codes else "",
        type=reading.text(segment, 2),
        severity=reading.wording(segment, segment.field(4)),
        reaction=", ".join(one for one in reactions if one),
        none_known=none,
    )
    key = f"allergy:{number or body.code or words.casefold()}"
    at = reading.moment(segment, onset, at=place)
    ends = status is FactStatus.WITHDRAWN
    reading.state(FactKind.ALLERGY, "", key, status, at, body, position=place, ends=ends)


def state_diagnoses(reading: Reading) -> None:
    """Note DG1: what a visit or an order was for."""
    for number, segment in enumerate(reading.message.all("DG1"), 1):
        place = f"DG1[{number}]"
        codes, words = reading.codes(segment, segment.field(3)), reading.wording(segment, segment.field(3))
        words = reading.whole(segment, 4) if words in ("", *(code for _, code in codes)) else words
        words = words or (codes[0][1] if codes else "")
        if not words:
            reading.remark("EMPTY-RESULT", f"{place}-3 and -4 are empty, so there was nothing to record")
            continue
        removed = reading.text(segment, 21).upper() in _REMOVED
        at = reading.moment(segment, 5, at=place)
        body = Problem(words, "|".join(codes[0]) if codes else "", "active", at)
        key = f"diagnosis:{reading.text(segment, 20) or body.code or words.casefold()}"
        status = FactStatus.WITHDRAWN if removed else FactStatus.FINAL
        author = reading.text(segment, 16, 2)
        reading.state(FactKind.PROBLEM, "", key, status, at, body, author, place, ends=removed)


def translate_ppr(reading: Reading, trigger: str) -> None:
    """PPR: problems with their life cycle; PC3 deletes."""
    for number, segment in enumerate(reading.message.all("PRB"), 1):
        place = f"PRB[{number}]"
        codes, words = reading.codes(segment, segment.field(3)), reading.wording(segment, segment.field(3))
        if not words:
            mend = "Ask the sender to name the problem in PRB-3."
            reading.hold("UNREADABLE-VALUE", f"{place}-3 is empty, the problem is not known", mend)
            continue
        start, end = reading.moment(segment, 7, at=place), reading.moment(segment, 9, at=place)
        over = end is not None or reading.wording(segment, segment.field(14)).upper() in _RESOLVED
        body = Problem(
            words, "|".join(codes[0]) if codes else "", "resolved" if over else "active", start, end
        )
        removed = trigger == "PC3" or reading.text(segment, 1).upper() in _REMOVED
        key = f"problem:{reading.text(segment, 4) or body.code or words.casefold()}"
        status = FactStatus.WITHDRAWN if removed else FactStatus.FINAL
        at = start or reading.moment(segment, 2, at=place)
        reading.state(FactKind.PROBLEM, "", key, status, at, body, position=place, ends=removed or over)
