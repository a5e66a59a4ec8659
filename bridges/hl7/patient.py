"""Whom a message speaks of: PID-3 by the site's rules, and the birth date for the identity check."""

from bridges.hl7.reading import Reading, Texts
from bridges.hl7.tokenizer import NULL, Segment
from clinic_app.model.entries import Hold
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment


def subject_of(texts: Texts) -> Identifier | Hold:
    """The patient's identifier, or why there is none."""
    pid = texts.message.first("PID")
    if not pid:
        return Hold(
            "NO-PID", "the message has no PID segment", "Ask the sender to send PID with this message."
        )
    found = _preferred(texts, pid) or _of_old_fields(texts, pid)
    if not found:
        mend = "Ask the sender to fill PID-3, or add its type (PID-3.5) to identifiers.types in the profile."
        return Hold("NO-PATIENT-ID", "PID-3 holds no identifier that may be the patient's key", mend)
    if not found.authority:
        mend = "Ask the sender to fill PID-3.4, or set identifiers.default_authority in the profile."
        return Hold(
            "NO-PATIENT-ID", "PID-3.4 and MSH-4 are both empty: nobody vouches for the identifier", mend
        )
    return found


def retired_numbers(texts: Texts) -> tuple[Identifier, ...]:
    """The numbers of MRG-1 (one, unless it has none that is preferred) that the patient had before."""
    mrg = texts.message.first("MRG")
    found = _preferred(texts, mrg, 1)
    return (found,) if found and found.authority else ()


def birth_date(reading: Reading) -> Moment | None:
    """PID-7."""
    return reading.moment(reading.message.first("PID"), 7)


def other_identifiers(reading: Reading) -> tuple[str, ...]:
    """The other repetitions of PID-3 as AUTHORITY|VALUE, without types that are never a key."""
    pid = reading.message.first("PID")
    found = (
        _identifier(reading, pid, written)
        for written in pid.repetitions(3)
        if pid.within(written, 5).strip() not in reading.profile.identifiers.never
    )
    others = (str(identifier) for identifier in found if identifier and identifier != reading.subject)
    return tuple(dict.fromkeys(others))


def other_numbers(reading: Reading) -> bool:
    """Whether PID-3 names another number that may be a patient's key, by its type."""
    pid, rules = reading.message.first("PID"), reading.profile.identifiers
    found = (
        _identifier(reading, pid, written)
        for written in pid.repetitions(3)
        if pid.within(written, 5).strip() in rules.types
    )
    return any(identifier and identifier != reading.subject for identifier in found)


def _preferred(texts: Texts, pid: Segment, field: int = 3) -> Identifier | None:
    """The repetition that comes first by the order of types, then by its place."""
    rules = texts.profile.identifiers
    best: tuple[int, Identifier] | None = None
    for written in pid.repetitions(field):
        identifier = _identifier(texts, pid, written)
        kind = pid.within(written, 5).strip()
        if not identifier or kind in rules.never:
            continue
        rank = rules.types.index(kind) if kind in rules.types else len(rules.types) + bool(kind)
        if best is None or rank < best[0]:
            best = rank, identifier
    return best[1] if best else None


def _of_old_fields(texts: Texts, pid: Segment) -> Identifier | None:
    """PID-2, then PID-4, of versions before 2.4, where PID-3 is empty: only a number whose type says that it
    may be the patient's key, since both fields also hold numbers of other houses.
    """
    if pid.field(3):
        return None
    types = texts.profile.identifiers.types
    for field in (2, 4):
        for written in pid.repetitions(field):
            if pid.within(written, 5).strip() in types:
                return _identifier(texts, pid, written)
    return None


def _identifier(texts: Texts, pid: Segment, written: str) -> Identifier | None:
    value = texts.meant(pid.within(written, 1))
    return Identifier(authority_of(texts, pid, written), value) if value else None


def authority_of(texts: Texts, pid: Segment, written: str) -> str:
    """Who assigned a number: component 4 (name, else universal id), where empty MSH-4 in the same way; by the
    profile's own name for it."""
    msh = texts.message.first("MSH")
    universal = msh.part(4, 2)
    sent = (
        pid.within(written, 4, 1) or pid.within(written, 4, 2),
        msh.part(4, 1) or ("" if universal == NULL else universal),
    )
    rules = texts.profile.identifiers
    for name in map(texts.meant, sent):
        if name:
            return rules.authorities.get(name, name).replace("|", "/")
    return rules.default_authority
