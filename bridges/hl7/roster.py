"""Whom a message names, for the roster: every number in it that may be a patient's, and where the visit is.

Read more widely than by the translators, for an entry of somebody on the roster must not be passed over: all
repetitions of PID-3, PID-2 and PID-4 of older versions, and the former numbers of a merge (MRG-1, MRG-4).
Source: HL7 2.5.1 chapter 3.4.2 (PID), 3.4.3 (PV1), 3.4.9 (MRG), 10.6.4-10.6.7 (AIS, AIG, AIL, AIP).
"""

from collections.abc import Iterator

from bridges.hl7.charsets import decode
from bridges.hl7.patient import authority_of
from bridges.hl7.profile import RosterRules, SiteProfile
from bridges.hl7.reading import Texts
from bridges.hl7.tokenizer import Message, Segment, tokenize
from clinic_app.model.errors import SenderFault
from clinic_app.model.identity import Identifier
from clinic_app.model.roster import Mention, Name

_NUMBERS = (("PID", (3, 2, 4)), ("MRG", (1, 4)))
_PLACES = (("PV1", 3), ("PV1", 6), ("PV1", 11), ("PV1", 42), ("AIL", 3))
_SERVICES = (("PV1", 10), ("AIS", 3), ("SCH", 8))


def mention_of(raw: bytes, profile: SiteProfile, whole: bool = True) -> Mention | None:
    """Whom the message names; None where no roster is kept, or where it names nobody.

    ``whole`` False: the bytes are the beginning of a message, or none; a last segment that may be cut short
    does not count, and naming nobody is no reason to keep them.
    """
    if profile.roster is None:
        return None
    nobody = None if whole else Mention()
    decoded = decode(raw, profile.charset)
    try:
        message = tokenize(decoded.text)
    except SenderFault:
        return nobody
    if not whole:
        message = Message(message.separators, message.segments[:-1], message.ends[:-1])
    texts = Texts(message, profile, decoded.encoding)
    found = list(_numbers(texts))
    if not found:
        return nobody
    names = tuple(dict.fromkeys(name for name, _, _ in found))
    # Numbers of several patients in one message say nothing of each other.
    alone = len(message.all("PID")) == 1 and len(message.all("MSH")) == 1
    return Mention(
        names=names,
        shared=tuple(dict.fromkeys(name for name, _, key in found if key)) if alone else (),
        identifiers=tuple(dict.fromkeys(identifier for _, identifier, _ in found if identifier.authority)),
        here=alone and _comes_here(texts, profile.roster),
    )


def _numbers(texts: Texts) -> Iterator[tuple[Name, Identifier, bool]]:
    """Each number as it is compared, as it is stored, and whether its type is one that names one person."""
    for segment_name, fields in _NUMBERS:
        for segment in texts.message.all(segment_name):
            for field in fields:
                for written in segment.repetitions(field):
                    value = texts.meant(segment.within(written, 1))
                    if value:
                        said = texts.meant(segment.within(written, 4, 1) or segment.within(written, 4, 2))
                        authority = authority_of(texts, segment, written)
                        kind = segment.within(written, 5).strip()
                        name = Name.of(authority if said else "", value)
                        yield name, Identifier(authority, value), kind not in texts.profile.identifiers.never


def _comes_here(texts: Texts, rules: RosterRules) -> bool:
    places = (place for name, field in _PLACES for place in _said(texts, name, field))
    services = (service for name, field in _SERVICES for service in _said(texts, name, field))
    return any(rules.locations.fullmatch(place.casefold()) for place in places) or any(
        rules.services.fullmatch(service.casefold()) for service in services
    )


def _said(texts: Texts, name: str, field: int) -> Iterator[str]:
    """Every part of a location or coded service, and its first three in one text: ``CF CLINIC ROOM 2``."""
    for segment in texts.message.all(name):
        for written in segment.repetitions(field):
            parts = [texts.meant(part) for part in _parts(segment, written)]
            yield from (part for part in parts if part)
            yield " ".join(part for part in parts[:3] if part)


def _parts(segment: Segment, written: str) -> Iterator[str]:
    for component in range(1, 10):
        for part in (1, 2):
            yield segment.within(written, component, part)
