"""A large clinic, written straight through the store: people, visits, results and home measurements."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.model.bodies import Answer, Appointment, Body, Demographics, Measurement, Topic, content_hash
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from tests.benchmarks.home import new_home

FACTS_EACH = 2000
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_VISIT = (
    *(
        ("fev1", "2.5", "L"),
        ("fvc", "3.2", "L"),
        ("weight", "58", "kg"),
        ("height", "165", "cm"),
        ("spo2", "97", "%"),
    ),
    *(("fev1_percent_predicted_reported", "80", "%"), ("fev1_fvc", "78", "%")),
)
_LABS = (
    "hba1c",
    "alt",
    "ast",
    "bilirubin_total",
    "platelets",
    "vitamin_a",
    "vitamin_e",
    "ige_total",
    "ogtt_2h_75g",
)
_VISITS, _LAB_DAYS = 60, 20


def make_large_home(folder: Path, people: int) -> Path:
    """The home with this many people of 2,000 facts each; made once and kept in the folder."""
    home, done = folder / f"home-{people}", folder / f"home-{people}.done"
    if done.exists():
        return home
    new_home(home, folder / f"key-{people}")
    with Clinic(Context.of(home, NOW)) as clinic:
        for number in range(people):
            with clinic.store.unit() as unit:
                unit.add_statements(0, list(statements(number)), "bench", NOW)
    done.touch()
    return home


def number_of(person: int) -> Identifier:
    """The identifier of a person by number."""
    return Identifier("BENCH", f"{10_000 + person}")


def statements(person: int) -> Iterator[Statement]:
    """The person's 2,000 statements, spread over five years, the newest ones two days old."""
    subject = number_of(person)
    born = Moment(f"{1980 + person % 30}-03-14")
    yield _stated(
        subject,
        FactKind.PATIENT,
        "",
        "patient",
        None,
        Demographics(f"Sample{person}", "Maya", born, "female"),
    )
    if person % 100 < 8:
        start = Moment(f"{TODAY}T{9 + person % 8:02d}:00:00Z")
        yield _stated(
            subject, FactKind.APPOINTMENT, "", "A1", start, Appointment(start, 20, "", "room 2", "booked")
        )
    yield _stated(subject, FactKind.TOPIC, "", "T1", _day(2), Topic("I cough more at night.", "patient"))
    yield _stated(subject, FactKind.ANSWER, "own-words", "Q1", _day(2), Answer("", "fine"))
    made = 3 + (person % 100 < 8)
    for name, key, days, value, unit in _measurements(FACTS_EACH - made):
        body = Measurement(Decimal(value), value, "", unit)
        yield _stated(subject, FactKind.MEASUREMENT, name, key, _day(days), body)


def _measurements(count: int) -> Iterator[tuple[str, str, int, str, str]]:
    made = 0
    for visit in range(_VISITS):
        for name, value, unit in _VISIT:
            made += 1
            yield (
                name,
                f"V{visit}-{name}",
                30 * visit + 2,
                f"{Decimal(value) + Decimal(visit % 7) / 10}",
                unit,
            )
    for day in range(_LAB_DAYS):
        for lab in _LABS:
            made += 1
            yield f"lab_{lab}", f"L{day}-{lab}", 90 * day + 20, str(20 + day), "1"
    for day in range((count - made + 1) // 2):
        yield "home_weight", f"H{day}", 2 * day + 2, f"{58 + day % 5}.4", "kg"
        made += 1
        if made < count:
            yield "home_fev1", f"F{day}", 2 * day + 2, f"2.{40 + day % 9}", "L"
            made += 1


def _stated(
    subject: Identifier, kind: FactKind, code: str, key: str, at: Moment | None, body: Body
) -> Statement:
    digest = content_hash(kind.value, code, "final", at, body)
    source = Source.PATIENT if code.startswith("home_") else Source.EHR
    sent = "2026-11-01T00:00:00Z"
    return Statement(subject, kind, code, key, FactStatus.FINAL, sent, digest, at, body, source)


def _day(days: int) -> Moment:
    return Moment(f"{TODAY - timedelta(days=days)}T08:00:00Z")


def sample_of(people: int, count: int) -> Sequence[Identifier]:
    """People spread over the clinic in an order that no cache expects."""
    order = sorted(range(people), key=lambda person: hashlib.blake2b(str(person).encode()).digest())
    return [number_of(person) for person in order[:count]]
