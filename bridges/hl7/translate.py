"""From the bytes of one HL7 message to what it means: statements, holds and findings, or why it does not
concern us."""

from collections.abc import Callable

from bridges.hl7 import translate_adt, translate_mdm, translate_siu
from bridges.hl7.acknowledge import Header, examine, judge
from bridges.hl7.charsets import decode
from bridges.hl7.conditions import state_conditions, translate_ppr
from bridges.hl7.orders import orders_of
from bridges.hl7.patient import birth_date, subject_of
from bridges.hl7.profile import SiteProfile
from bridges.hl7.reading import Reading, Texts, shown
from bridges.hl7.tokenizer import Message, tokenize
from bridges.hl7.translate_merge import EVENTS as MERGES
from bridges.hl7.translate_merge import translate_merge
from bridges.hl7.translate_orm import translate_orm
from bridges.hl7.translate_oru import state_results, translate_oru
from bridges.hl7.translate_rde import translate_rde
from bridges.hl7.translate_rds import translate_ras, translate_rds
from bridges.hl7.translate_vxu import translate_vxu
from bridges.hl7.z_segments import Expanded, as_sent, expand
from clinic_app.model.entries import Finding, Hold, Translation
from clinic_app.model.errors import SenderFault

Family = Callable[[Reading, str], None]
FAMILIES: dict[str, Family] = {
    **{f"ADT^{trigger}": translate_adt.translate_adt for trigger in translate_adt.EVENTS},
    **{f"SIU^{trigger}": translate_siu.translate_siu for trigger in translate_siu.EVENTS},
    **{f"ADT^{trigger}": translate_merge for trigger in MERGES},
    "ORU^R01": translate_oru,
    "RDE^O11": translate_rde,
    "RDE^O01": translate_rde,
    "RDS^O13": translate_rds,
    "RDS^O01": translate_rds,
    "RAS^O17": translate_ras,
    "RAS^O01": translate_ras,
    "ORM^O01": translate_orm,
    "OML^O21": translate_orm,
    "OMG^O19": translate_orm,
    **{f"MDM^{trigger}": translate_mdm.translate_mdm for trigger in translate_mdm.EVENTS},
    "VXU^V04": translate_vxu,
    **{f"PPR^{trigger}": translate_ppr for trigger in ("PC1", "PC2", "PC3")},
}
"""The translator of each message type."""

IDENTITY_EVENTS = frozenset(
    f"ADT^A{number}" for number in (23, 24, 29, 35, 37, *range(41, 47), *range(48, 52))
)
"""Moves, links and deletions of people and accounts: never applied, never passed over."""

_INTRODUCING = frozenset({translate_adt.translate_adt, translate_merge})
"""What says who a patient is."""

_ALONE = {"ORU": "R01", "RDE": "O11", "RDS": "O13", "RAS": "O17", "ORM": "O01", "OML": "O21", "VXU": "V04"}
"""Trigger of a type that old systems send without one."""


_BY_PROFILE = frozenset({"UNSUPPORTED-PROCESSING", "UNSUPPORTED-VERSION"})
"""What a site may take all the same, by its profile."""


def translate(raw: bytes, profile: SiteProfile) -> Translation:
    """What the message means under this profile; never fails, whatever the bytes are.

    The same bytes and profile always give the same result. What is known is stated; what cannot be applied is
    held with the reason, its place and the mend; a message that does not concern the clinic is ignored with
    the reason.
    """
    header = examine(raw)
    outcome = judge(header, profile.accepts)
    if outcome.code:
        mend = "Ask the sender to correct it and send again, or widen [accept] in the profile and replay."
        if outcome.code not in _BY_PROFILE:
            mend = "Have the sender correct it and send it again."
        return _held(Hold(outcome.code, outcome.text.removesuffix(" The message was kept."), mend))
    if not profile.senders.fullmatch(header.sender):
        mend = "Add the sender (MSH-3|MSH-4) to accept.senders in the profile and replay."
        return _held(Hold("UNKNOWN-SENDER", "the profile takes no messages from this sender", mend))
    decoded = decode(raw, profile.charset)
    try:
        message = tokenize(decoded.text)
    except SenderFault as fault:
        return _held(Hold(fault.code, fault.what, fault.mend), decoded.findings)
    if len(message.all("MSH")) > 1:
        mend = "Ask the sender to send each message in a frame of its own."
        return _held(Hold("SEVERAL-MESSAGES", "several messages came in one frame", mend), decoded.findings)
    return of_type(_type(header, message), Texts(message, profile, decoded.encoding), decoded.findings)


def of_type(kind: str, texts: Texts, findings: tuple[Finding, ...]) -> Translation:
    """What a message of this type means, once it is clear that it may be read."""
    expanded = expand(texts) if texts.profile.z_rows else None
    if expanded is None:
        return _of_type(kind, texts, findings, None)
    whole = Texts(expanded.message, texts.profile, texts.encoding)
    return as_sent(_of_type(kind, whole, findings, expanded), expanded)


def _of_type(
    kind: str, texts: Texts, findings: tuple[Finding, ...], expanded: Expanded | None
) -> Translation:
    family = FAMILIES.get(kind)
    if family is None and kind not in IDENTITY_EVENTS:
        return Translation(None, findings=findings, ignored=f"message type {shown(kind)} is not used")
    subject = subject_of(texts)
    if isinstance(subject, Hold):
        return _held(subject, findings)
    if len(texts.message.all("PID")) > 1:
        mend = "Ask the sender to send each patient in a message of their own."
        return _held(Hold("SEVERAL-PATIENTS", "the message speaks of several patients", mend), findings)
    reading = Reading(texts, subject)
    born = birth_date(reading)
    if family is None:
        mend = "Compare the records in the EHR; nothing here was joined, moved or deleted."
        reading.hold("IDENTITY-CHANGE", f"{kind} joins, moves or deletes records of people", mend)
    else:
        family(reading, kind.partition("^")[2])
        if family is not translate_ppr:
            state_conditions(reading)
        if expanded is not None and family is not translate_oru:
            _own_results(reading, expanded)
    return Translation(
        subject=subject,
        birth_date=born,
        introduces=family in _INTRODUCING,
        statements=reading.distinct(),
        holds=tuple(dict.fromkeys(reading.holds)),
        findings=(*findings, *dict.fromkeys(reading.findings)),
        ignored=_nothing_in_it(reading),
        merges=tuple(reading.merges),
    )


def _own_results(reading: Reading, expanded: Expanded) -> None:
    """Results that the sender's own segments bring in a message whose other results are not read."""
    orders = orders_of(reading.message)
    for order in orders:
        order.results = [result for result in order.results if expanded.is_made(result.place)]
    state_results(reading, orders)


def _type(header: Header, message: Message) -> str:
    """MSH-9 as ``ORU^R01``; a missing trigger is taken from EVN-1, or is the only one that the type has."""
    code, _, trigger = header.type.upper().partition("^")
    trigger = trigger or message.first("EVN").part(1) or _ALONE.get(code, "")
    return f"{code}^{trigger}" if trigger else code


def _nothing_in_it(reading: Reading) -> str:
    if reading.statements or reading.holds:
        return ""
    if reading.passed_over:
        return "the profile passes over everything in it"
    return "it holds nothing that is recorded"


def _held(hold: Hold, findings: tuple[Finding, ...] = ()) -> Translation:
    return Translation(None, holds=(hold,), findings=findings)
