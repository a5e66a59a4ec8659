"""The rule of identity, case by case."""

import pytest

from clinic_app.model.entries import EntryState, Translation
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link
from clinic_app.services.judging import (
    BIRTH_DATE_DIFFERS,
    BIRTH_DATE_IMPOSSIBLE,
    NO_PATIENT,
    UNKNOWN_PATIENT,
    UNMATCHED_SUBMISSION,
    Verdict,
    codes_of,
    introduces,
    judge,
    kinds_of,
    recordable,
)
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import UNKNOWN_CODE, adt, oru
from tests.spec.samples import (
    ANNA,
    ANNA_PORTAL,
    BELA,
    BORN,
    NOW,
    OTHER_BORN,
    demographics,
    topic,
    weight,
)

TOMORROW, FUTURE = Moment("2026-03-11"), Moment("2026-03-12")
APPLIED = Verdict(EntryState.APPLIED)


def judged(translation: Translation, linked: bool = True) -> Verdict:
    store = MemoryStore()
    with store.unit() as unit:
        unit.add_statements(0, (demographics(),), "p", NOW)
        unit.link(Link(ANNA, ANNA_PORTAL, "chris", NOW, linked))
        return judge(unit, translation, NOW)


def held(*holds: object, records: bool = True, withheld: bool = False) -> Verdict:
    return Verdict(EntryState.HELD, holds, records=records, withheld=withheld)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("translation", "expected"),
    [
        (Translation(ANNA, ignored="type not used"), Verdict(EntryState.IGNORED, (), "type not used", False)),
        (Translation(None), held(NO_PATIENT, records=False)),
        (Translation(None, holds=(UNKNOWN_CODE,)), held(UNKNOWN_CODE, records=False)),
        (oru(weight("58"), born=BORN, subject=ANNA), APPLIED),
        (oru(weight("58"), born=None, subject=ANNA), APPLIED),
        (oru(weight("58"), born=Moment("2001"), subject=ANNA), APPLIED),
        (oru(weight("58"), born=BORN, subject=ANNA, holds=[UNKNOWN_CODE]), held(UNKNOWN_CODE)),
        (oru(weight("58"), born=OTHER_BORN, subject=ANNA), held(BIRTH_DATE_DIFFERS, withheld=True)),
        (
            oru(weight("58"), born=OTHER_BORN, subject=ANNA, holds=[UNKNOWN_CODE]),
            held(BIRTH_DATE_DIFFERS, UNKNOWN_CODE, withheld=True),
        ),
        (
            adt(demographics(born=OTHER_BORN), born=OTHER_BORN, subject=ANNA),
            held(BIRTH_DATE_DIFFERS, withheld=True),
        ),
        (
            oru(weight("58", BELA), born=BORN, subject=BELA),
            held(UNKNOWN_PATIENT, records=False, withheld=True),
        ),
        (adt(demographics(BELA), born=OTHER_BORN, subject=BELA), APPLIED),
        (
            adt(weight("58", BELA), born=BORN, subject=BELA),
            held(UNKNOWN_PATIENT, records=False, withheld=True),
        ),
        (oru(topic("x", ANNA_PORTAL), born=None, subject=ANNA_PORTAL), APPLIED),
        (
            oru(topic("x", ANNA_PORTAL), born=OTHER_BORN, subject=ANNA_PORTAL),
            held(BIRTH_DATE_DIFFERS, withheld=True),
        ),
        (adt(demographics(BELA, TOMORROW), born=TOMORROW, subject=BELA), APPLIED),
        (
            adt(demographics(born=FUTURE), born=FUTURE, subject=ANNA, holds=[UNKNOWN_CODE]),
            held(BIRTH_DATE_IMPOSSIBLE, UNKNOWN_CODE, records=False, withheld=True),
        ),
    ],
)
def test_verdicts(translation: Translation, expected: Verdict) -> None:
    assert judged(translation) == expected


@pytest.mark.parametrize("subject", [ANNA_PORTAL, Identifier("portal", "nobody")])
def test_a_submission_needs_an_active_link(subject: Identifier) -> None:
    said = oru(topic("x", subject), born=BORN, subject=subject)
    assert judged(said, linked=False) == held(UNMATCHED_SUBMISSION, records=False, withheld=True)


def test_a_link_to_an_unknown_number_matches_nothing() -> None:
    store = MemoryStore()
    with store.unit() as unit:
        unit.link(Link(BELA, ANNA_PORTAL, "chris", NOW))
        verdict = judge(unit, oru(topic("x", ANNA_PORTAL), born=None, subject=ANNA_PORTAL), NOW)
    assert verdict.holds == (UNMATCHED_SUBMISSION,)


def test_only_an_adt_speaks_of_demographics() -> None:
    who, result = demographics(), weight("58")
    assert recordable(oru(who, result, born=None, subject=ANNA)) == (result,)
    assert recordable(adt(who, result, born=None, subject=ANNA)) == (who, result)
    portal = demographics(ANNA_PORTAL)
    assert recordable(oru(portal, born=None, subject=ANNA_PORTAL)) == (portal,)
    assert recordable(Translation(None, statements=(who,))) == ()
    assert recordable(Translation(ANNA, statements=(who,), introduces=True, ignored="x")) == ()
    assert introduces(adt(who, born=None, subject=ANNA))
    assert not introduces(oru(who, born=None, subject=ANNA))
    assert not introduces(adt(result, born=None, subject=ANNA))


def test_kinds_and_codes_are_named_once_and_sorted() -> None:
    said = (weight("58"), topic("x"), weight("59"))
    assert kinds_of(said) == ("measurement", "topic")
    assert codes_of(said) == ("weight",)
