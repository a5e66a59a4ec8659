"""The rule of identity: what becomes of an entry, as a function of what is known, never of the order of
arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_app.model.entries import EntryState, Hold, Translation
from clinic_app.model.facts import FactKind, Statement
from clinic_app.model.identity import Identifier
from clinic_app.ports.store import PeopleView

NO_PATIENT = Hold(
    "NO-PATIENT-ID",
    "nothing says whom this is about",
    "Ask the sender to name the patient, and to send again.",
)
UNKNOWN_PATIENT = Hold(
    "UNKNOWN-PATIENT",
    "no patient message (ADT) has made this number known",
    "It applies by itself when the patient's ADT arrives; otherwise ask the sender for it.",
)
UNMATCHED_SUBMISSION = Hold(
    "UNMATCHED-SUBMISSION",
    "this portal person is not linked to a patient of the clinic",
    "Find out who it is, then: commonground link MRN PORTAL-PATIENT-ID.",
)
BIRTH_DATE_DIFFERS = Hold(
    "BIRTH-DATE-DIFFERS",
    "its birth date is not the one known for this number",
    "If it is the same person, confirm it with `commonground inbox accept ID`; "
    "else have the sender correct the number.",
)
BIRTH_DATE_IMPOSSIBLE = Hold(
    "BIRTH-DATE-IMPOSSIBLE",
    "its birth date lies in the future",
    "Have the birth date corrected in the EHR, and the message sent again.",
)

MERGE_PROPOSED = Hold(
    "MERGE-PROPOSED",
    "the EHR says that another number belongs to the same person",
    "Look at both and decide: staff window, Merges, or `commonground merges list`.",
)

_CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """State of an entry and why.

    Attributes:
        records: whether its statements are recorded at all.
        withheld: whether what is recorded of it stays unseen (identity in doubt).
    """

    state: EntryState
    holds: tuple[Hold, ...] = ()
    reason: str = ""
    records: bool = True
    withheld: bool = False


def introduces(translation: Translation) -> bool:
    """Whether the entry makes a patient known: it may, and it says who the person is."""
    return translation.introduces and any(
        stated.kind is FactKind.PATIENT for stated in translation.statements
    )


def possible(translation: Translation, received_at: datetime) -> bool:
    """False where the birth date lies more than a day after the entry's receipt: then nothing of the entry
    counts.
    """
    born = translation.birth_date
    return born is None or born.text[:10] <= (received_at + _CLOCKS_APART).date().isoformat()


def recordable(translation: Translation) -> tuple[Statement, ...]:
    """The statements to record: of an EHR's patients only an ADT says who they are, for this makes them
    known.
    """
    subject = translation.subject
    if subject is None or translation.ignored:
        return ()
    if subject.from_portal or translation.introduces:
        return translation.statements
    return tuple(stated for stated in translation.statements if stated.kind is not FactKind.PATIENT)


def judge(view: PeopleView, translation: Translation, received_at: datetime) -> Verdict:
    """What becomes of an entry that says this, given the patients, links and birth dates known now."""
    if translation.ignored:
        return Verdict(EntryState.IGNORED, reason=translation.ignored, records=False)
    if translation.subject is None:
        return Verdict(EntryState.HELD, translation.holds or (NO_PATIENT,), records=False)
    if not possible(translation, received_at):
        holds = (BIRTH_DATE_IMPOSSIBLE, *translation.holds)
        return Verdict(EntryState.HELD, holds, records=False, withheld=True)
    doubt = _doubt(view, translation)
    if doubt is not None:
        records = doubt is BIRTH_DATE_DIFFERS
        return Verdict(EntryState.HELD, (doubt, *translation.holds), records=records, withheld=True)
    holds = translation.holds
    if translation.merges and undecided(view, translation, received_at):
        holds = (MERGE_PROPOSED, *holds)
    return Verdict(EntryState.HELD if holds else EntryState.APPLIED, holds)


def undecided(view: PeopleView, translation: Translation, received_at: datetime) -> tuple[Identifier, ...]:
    """Numbers that the entry proposes to join to its subject, and about which nobody has decided since.

    A "no" stands until the EHR says it again; a "yes" stands until it is undone.
    """
    subject = translation.subject
    assert subject is not None  # noqa: S101 - judged before
    together = view.person(subject)
    open_ones = []
    for retired in translation.merges:
        pair = {subject, retired}
        decided = [link for link in view.links(subject) if {link.first, link.second} == pair]
        if retired not in together and not any(link.at >= received_at for link in decided):
            open_ones.append(retired)
    return tuple(open_ones)


def _doubt(view: PeopleView, translation: Translation) -> Hold | None:
    subject, sent = translation.subject, translation.birth_date
    assert subject is not None  # noqa: S101 - judged before
    if subject.from_portal:
        if not any(view.known(one) for one in view.person(subject) if not one.from_portal):
            return UNMATCHED_SUBMISSION
    elif not introduces(translation) and not any(
        view.known(one) for one in view.person(subject) if not one.from_portal
    ):
        return UNKNOWN_PATIENT
    if sent is None:
        return None
    dates = view.birth_dates(subject)
    return BIRTH_DATE_DIFFERS if dates and not any(sent.agrees_with(date) for date in dates) else None


def kinds_of(statements: Sequence[Statement]) -> tuple[FactKind, ...]:
    """The kinds they speak of, sorted."""
    return tuple(sorted({stated.kind for stated in statements}))


def codes_of(statements: Sequence[Statement]) -> tuple[str, ...]:
    """The codes they speak of, sorted."""
    return tuple(sorted({stated.code for stated in statements} - {""}))
