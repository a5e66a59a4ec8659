"""Causes and mends in words: every kind has some, and none of them shows more than a line."""

from datetime import UTC, datetime

import pytest

from clinic_app.model.mending import NOTHING, Concern, ConcernKind, Mend, MendKind
from clinic_app.model.words import English
from clinic_app.services.replay import ReplayReport
from clinic_app.services.workbench import Cause, CauseKey, Trial
from clinic_app.viewmodels import mend_words

WORDS = English()
SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def cause(concern: Concern, code: str = "X", mend: str = "Mend it.") -> Cause:
    return Cause(CauseKey("site", code, "the reason"), mend, concern, (1,), ("LAB|N",), SINCE)


def concern(kind: ConcernKind) -> Concern:
    return Concern(kind, system="L", code="C1", name="Name", unit="Lit", sender="LAB|NORTH")


@pytest.mark.parametrize("kind", ConcernKind)
def test_every_kind_of_cause_has_a_title(kind: ConcernKind) -> None:
    title = mend_words.title(cause(concern(kind)), WORDS)
    assert title and "{" not in title
    assert bool(mend_words.question(kind, WORDS)) == (kind is not ConcernKind.OTHER)


@pytest.mark.parametrize("kind", MendKind)
def test_every_kind_of_mend_is_said_before_and_after(kind: MendKind) -> None:
    mend = Mend(kind, "fev1", "L", "FEV1", fits=True)
    line = mend_words.choice(concern(ConcernKind.CODE), mend, WORDS)
    assert line.title and line.strong
    assert mend_words.summary(concern(ConcernKind.CODE), mend, WORDS)


def test_titles_and_notes() -> None:
    assert mend_words.title(cause(concern(ConcernKind.CODE)), WORDS) == "Code C1 of L"
    assert mend_words.title(cause(Concern(ConcernKind.CODE, code="C1")), WORDS) == "Code C1"
    assert mend_words.note(cause(concern(ConcernKind.CODE)), WORDS) == "Name"
    assert mend_words.note(cause(concern(ConcernKind.UNIT)), WORDS) == "for Name"
    assert mend_words.note(cause(Concern(ConcernKind.UNIT, unit="x")), WORDS) == ""
    assert mend_words.note(cause(NOTHING), WORDS) == "X"
    assert mend_words.note(cause(concern(ConcernKind.SENDER)), WORDS) == ""
    assert mend_words.title(cause(NOTHING), WORDS) == "the reason"
    assert mend_words.title(cause(NOTHING, "UNKNOWN-PATIENT"), WORDS) == "The patient is not known yet"


def test_what_no_list_mends_says_its_own_mend_or_the_usual_one() -> None:
    assert mend_words.mend_of(cause(NOTHING), WORDS) == "Mend it."
    assert "by itself" in mend_words.mend_of(cause(NOTHING, "UNKNOWN-PATIENT"), WORDS)


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        (Trial(2, 0, 0, (("A", 2),)), "It would free none of these entries; what holds them then: A (2)."),
        (Trial(1, 1, 0, ()), "It would free 1 entry."),
        (
            Trial(3, 1, 1, (("A", 1),)),
            "It would free 2 entries. 1 of them would be passed over. 1 stays held: A (1).",
        ),
    ],
)
def test_what_a_choice_would_free(trial: Trial, said: str) -> None:
    assert mend_words.trial(trial, WORDS) == said


def test_what_was_done_and_long_texts() -> None:
    report = ReplayReport(looked=2, applied=1, held=1)
    assert mend_words.done(report, WORDS) == "2 entries looked at: 1 applied, 0 passed over, 1 held."
    assert mend_words.shown("a\x07" + "b" * 60) == "a " + "b" * 38 + "…"
