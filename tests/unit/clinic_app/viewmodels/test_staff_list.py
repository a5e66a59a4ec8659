"""The patient list: order, search and pills."""

from dataclasses import replace
from datetime import timedelta

from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import PatientRow
from clinic_app.model.words import English
from clinic_app.viewmodels.staff_list import Tone, build_list, filter_rows, mark_open
from tests.ui.factory import FEEDS, MAYA, NOW, ROWS

WORDS = English()


def test_todays_people_stand_first_by_time() -> None:
    listing = build_list(tuple(reversed(ROWS)), FEEDS, NOW, WORDS)
    assert [row.time for row in listing.rows] == ["09:00", "09:20", "09:40", "10:00", "2026-12-02", ""]
    assert [row.name for row in listing.rows[4:]] == ["Haddad, Yusuf", "Lindgren, Elsa"]
    assert listing.heading == "Monday 23 November"
    assert listing.summary == "4 people today · 3 sent answers · 5 messages held"


def test_a_row_says_who_it_is_and_what_was_sent() -> None:
    row = build_list(ROWS, FEEDS, NOW, WORDS).rows[1]
    assert (row.name, row.age, row.born, row.number, row.answers, row.place) == (
        "Okafor, Maya",
        "24 y",
        "2002-03-14",
        "4471 0932",
        "Saturday",
        "room 3",
    )
    assert row.pill is not None
    assert row.pill.tone is Tone.READY


def test_what_is_not_known_says_so() -> None:
    bare = PatientRow(Identifier("A", "1"), "Doe, Jo", None, "unknown", Moment("2026-11-23"))
    row = build_list([bare], (), NOW, WORDS).rows[0]
    assert (row.time, row.age, row.born, row.answers) == ("today", "", "not known here", "nothing sent")
    assert row.pill is not None
    assert row.pill.text == "to see"
    assert build_list([bare], (), NOW, WORDS).summary == "1 person today · 0 sent answers"


def test_old_answers_make_nobody_ready() -> None:
    old = replace(ROWS[1], last_submission=NOW - timedelta(days=15))
    row = build_list([old], (), NOW, WORDS).rows[0]
    assert row.answers == "2026-11-08"
    pill = row.pill
    assert pill is not None
    assert pill.tone is Tone.TO_SEE


def test_search_by_name_number_and_birth_date() -> None:
    rows = build_list(
        (*ROWS, PatientRow(Identifier("A", "12-9"), "Núñez, Éva", Moment("1990-01-02"), "female")),
        FEEDS,
        NOW,
        WORDS,
    ).rows

    def found(query: str, only_today: bool = False) -> list[str]:
        return [row.name for row in filter_rows(rows, query, only_today=only_today)]

    assert found("oka") == ["Okafor, Maya"]
    assert found("maya OKA") == ["Okafor, Maya"]
    assert found("nunez") == ["Núñez, Éva"]
    assert found("4471") == ["Okafor, Maya"]
    assert found("2002-03") == ["Okafor, Maya"]
    assert found("zzz") == []
    assert len(found("", only_today=True)) == 4
    assert len(found("")) == 7


def test_the_open_person_is_marked() -> None:
    row = build_list(ROWS, FEEDS, NOW, WORDS).rows[1]
    pill = mark_open(row, MAYA, WORDS)
    assert pill is not None
    assert pill.tone is Tone.OPEN
    assert mark_open(row, None, WORDS) == row.pill
