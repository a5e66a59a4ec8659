"""Topics and changes: whose words, how many, and never a private one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.viewmodels.shared_state import Sign
from clinic_app.viewmodels.talking import MOST_THINGS, share_attention, shared_topics, talk_and_since
from tests.ui.factory import ALLOWED, EMPTY, TODAY, change, due, long_words, rich, topic

WORDS = English()


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_never_more_than_seven_things_and_the_patient_first(patient: int, clinician: int, lines: int) -> None:
    first, second, told = share_attention(patient, clinician, lines)
    assert first == min(patient, 3)
    assert second <= min(clinician, 3)
    assert told <= min(lines, 5)
    assert first + second + told <= MOST_THINGS
    assert (
        first + second + told == min(MOST_THINGS, first + min(clinician, 3) + min(lines, 5)) or told < lines
    )
    assert told >= min(lines, 1)


def test_the_patients_words_come_first_and_unchanged() -> None:
    talk, since = talk_and_since(rich(), ALLOWED.series, ALLOWED.checks, TODAY, WORDS)
    assert [card.text for card in talk.topics] == [
        "“I cough more at night and I am tired at work.”",
        "“Can I skip the vest when I travel?”",
        "Is the October infection really over?",
    ]
    assert [card.by for card in talk.topics] == ["Maya", "Maya", "Your care team"]
    assert since.title == "Since 9 September"
    assert [line.sign for line in since.lines] == [Sign.DOWN, Sign.DOWN, Sign.NEW, Sign.OPEN]


def test_what_does_not_come_first_is_kept_for_one_click() -> None:
    talk, since = talk_and_since(long_words(), ALLOWED.series, ALLOWED.checks, TODAY, WORDS)
    assert (talk.first_topics, since.first_lines) == (5, 2)
    assert len(talk.topics) == 7
    assert [card.from_patient for card in talk.topics[:5]] == [True, True, True, False, False]


def test_private_done_and_empty_topics_leave_no_trace() -> None:
    agenda = (
        topic("secret", private=True),
        replace(topic("old"), state="done"),
        topic("  "),
        topic("open"),
    )
    patient, clinician = shared_topics(agenda)
    assert [item.text for item in patient] == ["open"]
    assert clinician == ()


def test_lines_are_told_only_if_the_list_allows() -> None:
    picture = replace(
        EMPTY,
        changes=(
            change("HbA1c rose.", "up", "lab_hba1c"),
            change("A germ.", "new", "", "culture", "staff"),
            change("Odd sign.", "sideways", "weight"),
            change("Weight went up 2 kg.", "up", "weight"),
        ),
        due=(
            due("Sugar test open.", "ogtt", audience="shared"),
            due("Mood questions open.", "phq9", audience="shared"),
            due("Done.", "ogtt", "done", "shared"),
        ),
    )
    _, since = talk_and_since(picture, ALLOWED.series, ALLOWED.checks, TODAY, WORDS)
    assert [line.text for line in since.lines] == ["Weight went up 2 kg.", "Sugar test open."]


def test_a_young_record_says_so() -> None:
    young = replace(EMPTY, record_begins=Moment("2026-08-03"))
    none = replace(EMPTY, record_begins=None)
    for picture, note in (
        (young, "Our record begins on 3 August 2026."),
        (none, "There is no record from the clinic yet."),
        (EMPTY, "No changes to tell."),
    ):
        talk, since = talk_and_since(picture, ALLOWED.series, ALLOWED.checks, TODAY, WORDS)
        assert since.note == note
        assert talk.note
    month = replace(EMPTY, record_begins=Moment("2026-08"))
    assert talk_and_since(month, ALLOWED.series, ALLOWED.checks, TODAY, WORDS)[1].note
