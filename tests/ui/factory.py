"""Invented people as pictures, made without the builder."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState, PatientRow
from clinic_app.picture.tables import SharedList
from clinic_app.picture.types import (
    AgendaItem,
    ChangeLine,
    DueLine,
    Evidence,
    GoalBand,
    MedicineLine,
    PatientLine,
    Picture,
    Point,
)

NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MAYA = Identifier("CLINIC", "4471 0932")
ALLOWED = SharedList(
    series=frozenset(
        {
            "fev1",
            "fvc",
            "fev1_percent_predicted",
            "weight",
            "height",
            "bmi",
            "bmi_percentile",
            "spo2",
            "home_fev1",
            "home_fev1_percent_predicted",
            "home_weight",
            "symptom_overall",
            "symptom_cough",
        }
    ),
    checks=frozenset({"ogtt", "lung_function"}),
    ingredients=frozenset(
        {"elexacaftor", "tezacaftor", "ivacaftor", "lumacaftor", "ciprofloxacin", "azithromycin"}
    ),
    kinds=frozenset({"measurement", "topic", "medicine", "visit", "appointment", "patient", "due"}),
)
EMPTY = Picture(
    patient=PatientLine("Okafor", "Maya", Moment("2002-03-14"), "female", (MAYA,)),
    summary={},
    series={},
    changes=(),
    attention=(),
    agenda=(),
    medicines=(),
    cultures=(),
    due=(),
    visits=(),
    decisions=(),
    goals=(),
    feeds={},
    record_begins=Moment("2021-02-01"),
)


def point(day: str, value: str, unit: str, /, **more: object) -> Point:
    """One value; from the EHR and final unless said otherwise. Its fact id is made of day and value."""
    fact_id = int(day.replace("-", "")[2:8]) * 10 + len(value)
    made = Point(
        at=Moment(day),
        value=Decimal(value),
        comparator="",
        unit=unit,
        source="ehr",
        author="Dr. Lindqvist",
        status="final",
        recorded_at=f"{day[:10]}T10:00:00+00:00",
        fact_id=fact_id,
        inbox_id=fact_id % 1000 + 1,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def clinic(unit: str, *pairs: tuple[str, str], **more: object) -> tuple[Point, ...]:
    """A clinic series of (day, value)."""
    return tuple(point(day, value, unit, **more) for day, value in pairs)


def at_home(unit: str, first: date, step: int, *values: str) -> tuple[Point, ...]:
    """A home series with one value every so many days."""
    return tuple(
        point((first + timedelta(days=index * step)).isoformat(), value, unit, source="device", author="")
        for index, value in enumerate(values)
    )


def topic(text: str, by: str = "patient", *, private: bool = False) -> AgendaItem:
    """An open topic."""
    return AgendaItem(by, text, "open", private, Moment("2026-11-21"), Evidence())


def change(
    text: str, sign: str, code: str, kind: str = "measurement", audience: str = "shared"
) -> ChangeLine:
    """A line of "since last time"."""
    return ChangeLine(text, sign, kind, code, Evidence(), audience)


def medicine(
    name: str, started: str | None, stopped: str | None, *ingredients: str, audience: str = "shared"
) -> MedicineLine:
    """A medicine."""
    return MedicineLine(
        name=name,
        ingredients=ingredients,
        state="stopped" if stopped else "on_record",
        started=Moment(started) if started else None,
        stopped=Moment(stopped) if stopped else None,
        dose="",
        origin="ehr",
        status="final",
        evidence=Evidence(),
        audience=audience,
    )


DAYS = (
    "2024-12-10",
    "2025-03-11",
    "2025-06-12",
    "2025-09-13",
    "2025-12-12",
    "2026-03-11",
    "2026-06-10",
    "2026-09-09",
    "2026-11-23",
)


FEV1 = ("71", "70", "73", "82", "84", "83", "84", "82", "76")
WEIGHT = ("55.2", "55.6", "56.8", "58.3", "59.0", "59.4", "59.6", "59.1", "58.0")
FEEL = {
    "2025-03-09": "4",
    "2025-06-10": "4",
    "2025-09-10": "7",
    "2025-12-09": "8",
    "2026-03-08": "8",
    "2026-06-08": "8",
    "2026-09-07": "7",
    "2026-11-21": "5",
}
SUGAR_TEST = "This year’s sugar test is still open. The last one was on 4 May 2025."
HOME_FEV1 = "79 80 78 79 81 80 77 78 77 78 79 79 80 81 82 80 76 78 76 75 77 74 70 72 73"
HOME_WEIGHT = "59.4 59.1 59.2 59.0 59.1 59.3 59.0 58.7 58.6 58.6"


def maya_series() -> dict[str, tuple[Point, ...]]:
    """Two years of Maya's: a gain in 2025, a fall of lung strength before today's visit."""
    computed = {"source": "computed", "author": "", "method": "GLI Global 2022"}
    return {
        "fev1_percent_predicted": clinic("%", *zip(DAYS, FEV1, strict=True), **computed),
        "home_fev1_percent_predicted": at_home("%", date(2026, 6, 2), 7, *HOME_FEV1.split()),
        "weight": clinic("kg", *zip(DAYS, WEIGHT, strict=True)),
        "home_weight": at_home("kg", date(2026, 7, 1), 14, *HOME_WEIGHT.split()),
        "symptom_overall": clinic("{score}", *FEEL.items(), source="patient", author="Maya"),
    }


def rich() -> Picture:
    """Maya as she is drawn: everything there."""
    modulator = ("elexacaftor", "tezacaftor", "ivacaftor")
    return replace(
        EMPTY,
        series=maya_series(),
        changes=(
            change("Lung strength went from 82 to 76.", "down", "fev1_percent_predicted"),
            change("Weight went down 1.1 kg.", "down", "weight"),
            change("New medicine: ciprofloxacin.", "new", "", "medicine"),
            change(
                "This year’s sugar test is still open. The last one was on 4 May 2025.", "open", "ogtt", "due"
            ),
        ),
        agenda=(
            topic("I cough more at night and I am tired at work."),
            topic("Can I skip the vest when I travel?"),
            topic("Is the October infection really over?", "clinician"),
        ),
        medicines=(
            medicine("Trikafta 100-50-75 mg tablets", "2025-07-07", None, *modulator),
            medicine("ciprofloxacin 750 mg", "2026-10-05", "2026-10-19", "ciprofloxacin"),
        ),
        goals=(
            GoalBand("fev1_percent_predicted", Decimal(75), Decimal(100), "%", "your goal"),
            GoalBand("weight", Decimal("57.0"), Decimal("63.0"), "kg", "CFF 2008"),
            GoalBand("symptom_overall", Decimal(7), Decimal(10), "", "your goal"),
        ),
        sentences={
            "fev1_percent_predicted": "6 points lower than on 9 September 2026.",
            "weight": "1.1 kg less than on 9 September 2026.",
            "symptom_overall": "You said 5 of 10. On 7 September 2026 it was 7.",
        },
        last_words={"fev1_percent_predicted": "lower", "weight": "less", "symptom_overall": "lower"},
        since=Moment("2026-09-09"),
    )


def child() -> Picture:
    """A boy of seven: height instead of answers, no medicine, one topic of his mother's."""
    days = DAYS[2:]
    return replace(
        EMPTY,
        patient=PatientLine(
            "Adeyemi", "Tobi", Moment("2019-05-02"), "male", (Identifier("CLINIC", "5520117"),)
        ),
        series={
            "fev1_percent_predicted": clinic(
                "%", *zip(days, ("96", "97", "95", "98", "96", "97", "98"), strict=True)
            ),
            "weight": clinic(
                "kg", *zip(days, ("20.1", "20.9", "21.5", "22.4", "22.6", "22.5", "22.1"), strict=True)
            ),
            "height": clinic(
                "cm", *zip(days, ("114", "115.5", "117", "118.5", "120", "121.5", "123"), strict=True)
            ),
        },
        changes=(change("Weight went down 0.4 kg.", "down", "weight"),),
        agenda=(topic("Does the new spray hurt my nose for ever?"),),
        sentences={
            "fev1_percent_predicted": "1 point higher than on 9 September 2026.",
            "weight": "0.4 kg less than on 9 September 2026.",
            "height": "2 cm more than on 9 September 2026.",
        },
        last_words={"fev1_percent_predicted": "higher", "weight": "less", "height": "higher"},
        since=Moment("2026-09-09"),
    )


def sparse() -> Picture:
    """A man of 41 who never sent anything: three visits, a long gap, old values."""
    days = ("2024-12-02", "2025-02-20", "2026-01-15")
    return replace(
        EMPTY,
        patient=PatientLine("Berg", "Johan", Moment("1985-01-30"), "male", (Identifier("CLINIC", "88"),)),
        series={
            "fev1_percent_predicted": clinic("%", *zip(days, ("61", "60", "58"), strict=True)),
            "weight": clinic("kg", *zip(days, ("78.4", "78.0", "77.2"), strict=True)),
        },
        sentences={
            "fev1_percent_predicted": "2 points lower than on 20 February 2025.",
            "weight": "0.8 kg less than on 20 February 2025.",
        },
        last_words={"fev1_percent_predicted": "lower", "weight": "less"},
        since=Moment("2025-02-20"),
    )


def long_words() -> Picture:
    """Names and topics as long as people have and write them, and more than the screen shows first."""
    maya = rich()
    name = PatientLine(
        "Wolfeschlegelsteinhausenbergerdorff-Papadopoulos",
        "Maria Aleksandrina Guadalupe Immaculata",
        Moment("1999-12-31"),
        "female",
        (Identifier("UNIVERSITYHOSPITAL", "00000009981726354"),),
    )
    words = (
        "I have been wondering for weeks whether the tightness in my chest after climbing the stairs at work "
        "is the same as last winter, because back then nobody believed me and I ended up in hospital for two "
        "weeks."
    )
    topics = [
        topic(words),
        topic("Can I skip the vest when I travel for more than four days to my sister’s wedding?"),
    ]
    topics += [topic(f"Question number {count}: what about my sleep?") for count in (3, 4)]
    topics += [
        topic(
            "Are we sure about the liver numbers, and should the dose be changed before summer?", "clinician"
        )
    ]
    topics += [topic("Next infection check", "clinician"), topic("Travel letter", "clinician")]
    return replace(maya, patient=name, agenda=tuple(topics))


PEOPLE: dict[str, Callable[[], Picture]] = {
    "rich": rich,
    "child": child,
    "sparse": sparse,
    "long": long_words,
    "empty": lambda: EMPTY,
}
FEEDS = (
    FeedState("mllp", NOW - timedelta(minutes=4), 812, 3, 0),
    FeedState("fhir", NOW - timedelta(minutes=2), 40, 2, 0),
)
ROWS = (
    PatientRow(
        Identifier("CLINIC", "5520117"),
        "Adeyemi, Tobi",
        Moment("2019-05-02"),
        "male",
        Moment("2026-11-23T09:00"),
        "room 2",
        NOW - timedelta(days=2),
    ),
    PatientRow(
        MAYA,
        "Okafor, Maya",
        Moment("2002-03-14"),
        "female",
        Moment("2026-11-23T09:20"),
        "room 3",
        NOW - timedelta(days=2),
    ),
    PatientRow(
        Identifier("CLINIC", "71"),
        "Silva Prado, Ana",
        Moment("2010-06-01"),
        "female",
        Moment("2026-11-23T09:40"),
        "room 1",
        NOW - timedelta(days=5),
    ),
    PatientRow(
        Identifier("CLINIC", "88"),
        "Berg, Johan",
        Moment("1985-01-30"),
        "male",
        Moment("2026-11-23T10:00"),
        "room 2",
    ),
    PatientRow(
        Identifier("CLINIC", "93"),
        "Haddad, Yusuf",
        Moment("2014-02-11"),
        "male",
        Moment("2026-12-02T10:40"),
        "",
        NOW - timedelta(days=80),
    ),
    PatientRow(Identifier("CLINIC", "94"), "Lindgren, Elsa", Moment("1997-08-20"), "female"),
)


def due(text: str, key: str, state: str = "due", audience: str = "staff") -> DueLine:
    """A care check."""
    return DueLine(key, text, state, Evidence(), audience)
