"""Allergies, diagnoses and problems, in whatever message they come. What is not in a message is not gone.

Source: HL7 2.5.1 chapter 3.4 (AL1, IAM), 6.5 (DG1), 12.4 (PRB); tables 0206 and 0323 (actions, where X is "no
change"), 0287 (problem actions), 0052 (kinds of diagnosis), 0438 (standing of an allergy).
"""

from bridges.hl7.profile import Code
from bridges.hl7.reading import Reading, shown
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Allergy, Problem
from clinic_app.model.facts import FactKind, FactStatus

_NONE_CODES = {("SCT", "716186003"): "all", ("SCT", "409137002"): "drugs", ("SCT", "429625007"): "food"}
"""Codes of the International Patient Summary (HL7 IPS, value set absent-or-unknown)."""
_NONE_WORDS = {
    "nka": "all",
    "no known allergies": "all",
    "no known allergy": "all",
    "no allergies known": "all",
    "nkda": "drugs",
    "nkma": "drugs",
    "no known drug allergies": "drugs",
    "no known drug allergy": "drugs",
    "no known medication allergies": "drugs",
    "nkfa": "food",
    "no known food allergies": "food",
    "no known food allergy": "food",
}
"""Whole texts: "no known allergies except penicillin" is none of them."""
_ACTIONS = frozenset({"", "A", "U", "X"})
_PROBLEM_ACTIONS = frozenset({"", "AD", "CO", "LI", "UC", "UN", "UP"})
_UNSURE = frozenset({"A", "W"})
"""DG1-6: admitting and working diagnoses; a final one stands before them whenever it was sent."""
_RESOLVED = frozenset({"RESOLVED", "INACTIVE", "R", "I"})


def translate_ppr(reading: Reading, trigger: str) -> None:
    """PPR: problems; PC3 deletes them."""
    state_conditions(reading, deleted=trigger == "PC3")


def state_conditions(reading: Reading, *, deleted: bool = False) -> None:
    """Note every allergy, diagnosis and problem of the message, whatever its type; with ``deleted`` the
    problems are taken back.
    """
    _allergies(reading)
    for number, segment in enumerate(reading.message.all("DG1"), 1):
        _diagnosis(reading, segment, f"DG1[{number}]")
    for number, segment in enumerate(reading.message.all("PRB"), 1):
        _problem(reading, segment, f"PRB[{number}]", deleted)


def _allergies(reading: Reading) -> None:
    """AL1 is a list without actions; IAM tells of each what became of it. Both name an allergy by what it is
    about, so that a deletion by IAM also takes back what AL1 said.
    """
    for number, segment in enumerate(reading.message.all("AL1"), 1):
        _allergy(reading, segment, f"AL1[{number}]", FactStatus.FINAL, 6)
    for number, segment in enumerate(reading.message.all("IAM"), 1):
        place = f"IAM[{number}]"
        status = _status(reading, segment, place, 6, "D", _ACTIONS)
        if status is not None and reading.text(segment, 17).upper() == "E":
            status = FactStatus.WITHDRAWN  # entered in error
        if status is not None:
            _allergy(reading, segment, place, status, 11)


def _allergy(reading: Reading, segment: Segment, place: str, status: FactStatus, onset: int) -> None:
    written = segment.field(3)
    codes, words = reading.codes(segment, written), reading.wording(segment, written)
    if not words:
        reading.remark("EMPTY-RESULT", f"{place}-3 is empty, so there was nothing to record")
        return
    reactions = (reading.wording(segment, one) for one in segment.repetitions(5))
    body = Allergy(
        substance=words,
        code="|".join(codes[0]) if codes else "",
        type=reading.text(segment, 2),
        severity=reading.wording(segment, segment.field(4)),
        reaction=", ".join(one for one in reactions if one),
        none_known=_none_known(codes, words),
    )
    key = f"allergy:{body.code or words.casefold()}"
    at = reading.moment(segment, onset, at=place)
    ends = status is FactStatus.WITHDRAWN
    reading.state(FactKind.ALLERGY, "", key, status, at, body, position=place, ends=ends)


def _none_known(codes: list[Code], words: str) -> str:
    """Of what none is known (all, drugs, food); empty where it is an allergy, or anything in doubt."""
    plain = " ".join(words.casefold().split()).rstrip(".")
    coded = next((_NONE_CODES[code] for code in codes if code in _NONE_CODES), "")
    return coded or _NONE_WORDS.get(plain, "")


def _diagnosis(reading: Reading, segment: Segment, place: str) -> None:
    """What a visit or an order was for; version 2.2 names it in DG1-4."""
    codes, words = reading.codes(segment, segment.field(3)), reading.wording(segment, segment.field(3))
    if words in ("", *(code for _, code in codes)):
        words = reading.whole(segment, 4) or words
    if not words:
        reading.remark("EMPTY-RESULT", f"{place}-3 and -4 are empty, so there was nothing to record")
        return
    status = _status(reading, segment, place, 21, "D", _ACTIONS)
    if status is None:
        return
    if status is FactStatus.FINAL and reading.text(segment, 6).upper() in _UNSURE:
        status = FactStatus.PRELIMINARY
    at = reading.moment(segment, 5, at=place)
    body = Problem(words, _code(reading, segment, codes), "active", at)
    key = f"diagnosis:{reading.text(segment, 20) or body.code or words.casefold()}"
    person = (reading.text(segment, 16, 3), reading.text(segment, 16, 2, 1))
    author = " ".join(part for part in person if part)
    ends = status is FactStatus.WITHDRAWN
    reading.state(FactKind.PROBLEM, "", key, status, at, body, author, place, ends=ends)


def _code(reading: Reading, segment: Segment, codes: list[Code]) -> str:
    """SYSTEM|CODE; before version 2.3 the system stands in DG1-2."""
    if not codes:
        return ""
    system, code = codes[0]
    return f"{system or reading.profile.system(reading.text(segment, 2))}|{code}"


def _problem(reading: Reading, segment: Segment, place: str, deleted: bool) -> None:
    """A problem with its life cycle."""
    codes, words = reading.codes(segment, segment.field(3)), reading.wording(segment, segment.field(3))
    if not words:
        mend = "Ask the sender to name the problem in PRB-3."
        reading.hold("UNREADABLE-VALUE", f"{place}-3 is empty, the problem is not known", mend)
        return
    status = _status(reading, segment, place, 1, "DE", _PROBLEM_ACTIONS)
    if status is None:
        return
    if deleted:
        status = FactStatus.WITHDRAWN
    start = reading.moment(segment, 16, at=place) or reading.moment(segment, 7, at=place)
    end = reading.moment(segment, 9, at=place)
    over = end is not None or reading.wording(segment, segment.field(14)).upper() in _RESOLVED
    state = "resolved" if over else "active"
    body = Problem(words, "|".join(codes[0]) if codes else "", state, start, end)
    key = f"problem:{reading.text(segment, 4) or body.code or words.casefold()}"
    at = start or reading.moment(segment, 2, at=place)
    ends = 2 if status is FactStatus.WITHDRAWN else int(over)
    reading.state(FactKind.PROBLEM, "", key, status, at, body, position=place, ends=ends)


def _status(
    reading: Reading, segment: Segment, place: str, field: int, deletes: str, others: frozenset[str]
) -> FactStatus | None:
    """What the segment's action makes of it; None where it was held, since nobody knows what is meant."""
    action = reading.text(segment, field).upper()
    if action == deletes:
        return FactStatus.WITHDRAWN
    if action in others:
        return FactStatus.FINAL
    mend = "Look at the raw message; ask the sender which action is meant."
    reading.hold("UNKNOWN-STATUS", f"{place}-{field}: the action {shown(action)} is not read", mend)
    return None
