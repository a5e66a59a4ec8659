"""The open person as staff see them."""

from dataclasses import replace

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.types import Attention, CultureLine, Evidence
from clinic_app.viewmodels.news import NewsLine
from clinic_app.viewmodels.staff_person import build_person
from tests.ui.factory import EMPTY, TODAY, due, medicine, topic

WORDS = English()


def test_all_sides_of_a_person() -> None:
    picture = replace(
        EMPTY,
        attention=(
            Attention("fev1_fall", "It fell.", "10 %", Evidence((1, 2), (7, 7)), "shared"),
            Attention("private_topic", "There is a private topic to read.", "", Evidence(), "staff"),
            Attention("due", "Sugar test open.", "", Evidence(), "shared"),
        ),
        due=(due("Not known.", "gad7", "unknown"), due("Open.", "ogtt"), due("Done.", "phq9", "done")),
        medicines=(
            medicine("Trikafta", "2025-07-01", None),
            medicine("Cipro", None, None),
            medicine("x", None, "2020"),
            replace(medicine("Tobi", "2025-07-01", "2025-07-29"), state="on_record"),
            replace(medicine("Vest", "2025-07-01", TODAY.isoformat()), state="on_record"),
        ),
        cultures=(
            CultureLine(Moment("2026-01-01"), "sputum", (("mrsa", "MRSA"),), True, "final", Evidence()),
            CultureLine(Moment("2026-02-01"), "", (), False, "final", Evidence()),
            CultureLine(None, "swab", (), False, "final", Evidence()),
        ),
        agenda=(topic("my secret", private=True), topic("open")),
    )
    person = build_person(picture, "4471", (NewsLine("HbA1c 6.1 %", "today"),), TODAY, WORDS)
    assert person.name == "Maya Okafor"
    assert person.identity == "14 March 2002 · 4471"
    assert person.news.title == "1 new result"
    assert person.private == ("my secret",)
    sections = {section.title: section.entries for section in person.sections}
    assert [entry.text for entry in sections["To look at"]] == [
        "It fell.",
        "There is a private topic to read.",
    ]
    assert sections["To look at"][0].detail == "10 % Entry 7."
    assert [(entry.text, entry.check) for entry in sections["Care checks"]] == [
        ("Open.", True),
        ("Not known.", False),
    ]
    assert [(entry.text, entry.detail) for entry in sections["Medicines on record"]] == [
        ("Trikafta", "since 1 July 2025"),
        ("Cipro", ""),
        ("Tobi", "ordered until 29 July 2025"),
        ("Vest", "since 1 July 2025"),
    ]
    assert [(entry.text, entry.detail) for entry in sections["Last cultures"]] == [
        ("no growth", "1 February"),
        ("MRSA", "sputum, 1 January"),
    ]


def test_a_quiet_person_has_no_sections() -> None:
    nameless = replace(EMPTY, patient=replace(EMPTY.patient, family="", given="", birth_date=None))
    person = build_person(nameless, "1", (), TODAY, WORDS)
    assert person.sections == ()
    assert person.news.entries == ()
    assert person.name == "Name not known here"
