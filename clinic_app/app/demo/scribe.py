"""Writes one synthetic person's messages: registration, visits and bookings, results, prescriptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import count

from clinic_app.app.demo import wire_text
from clinic_app.app.demo.chart import Drug
from clinic_app.app.demo.people import Person
from clinic_app.app.demo.wire_text import Dialect, Envelope, Field, segment, stamp

PLACE = "CF clinic"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready to send; ``at`` is the time at which its sender made it."""

    at: datetime
    mrn: str
    control_id: str
    event: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """One OBX: ``code`` is LOINC unless ``system`` says otherwise; ``kind`` NM, SN, ST or CWE."""

    code: str
    name: str
    value: Field
    unit: str = ""
    kind: str = "NM"
    system: str = "LN"
    part: str = ""
    status: str = "F"


@dataclass(frozen=True, slots=True)
class Order:
    """One OBR: filler number, what was asked, when the specimen or test was taken, standing of the report."""

    number: str
    code: str
    name: str
    at: datetime
    status: str = "F"
    system: str = "LN"


class Scribe:
    """Numbers and writes the messages of one person, each in the dialect of the system that would send it."""

    def __init__(self, person: Person, authority: str, zone: tzinfo, first: int = 1) -> None:
        """``zone`` is the clinic's, in which all times are written; ``first`` is where its numbers begin."""
        self.person = person
        self._authority = authority
        self._zone = zone
        self._numbers = count(first)

    def moment(self, day: date, hour: int, minute: int) -> datetime:
        """A time of day at the clinic."""
        return datetime.combine(day, time(hour, minute), self._zone)

    def next_number(self) -> str:
        """The next number of this person's messages and orders; nobody else's is the same."""
        return f"{self.person.mrn}-{next(self._numbers)}"

    def registration(self, event: str, at: datetime, visit_start: datetime | None = None) -> Outgoing:
        """ADT: A28 adds the person, A08 updates, A04 registers a visit that starts at ``visit_start``."""
        dialect = self._fitting(wire_text.REGISTRATION_OLD, wire_text.REGISTRATION)
        segments = [segment("EVN", {1: event, 2: stamp(at, dialect.zone)}), self._identity(dialect)]
        if visit_start is not None:
            segments.append(_visit(visit_start, f"V{self.next_number()}", dialect))
        return self._send(dialect, f"ADT^{event}", at, segments)

    def booking(self, event: str, at: datetime, start: datetime, number: str, place: str) -> Outgoing:
        """SIU: S12 books, S15 cancels the appointment of this number."""
        dialect = wire_text.SCHEDULE
        end = start + timedelta(minutes=20)
        schedule: dict[int, Field] = {
            1: number,
            2: number,
            6: ("ROUTINE", "Routine"),
            7: ("CFV", "CF clinic visit"),
            9: "20",
            10: ("min", "minute"),
            11: ("", "", "20", stamp(start, dialect.zone), stamp(end, dialect.zone)),
            25: "Cancelled" if event == "S15" else "Booked",
        }
        location = segment("AIL", {1: "1", 2: "A", 3: ("", place, "", "DEMO")})
        segments = [segment("SCH", schedule), self._identity(dialect), "RGS|1|A", location]
        return self._send(dialect, f"SIU^{event}", at, segments)

    def results(
        self, dialects: tuple[Dialect, Dialect], at: datetime, order: Order, results: Sequence[Result]
    ) -> Outgoing:
        """ORU^R01 with one order; of both dialects the first that can write the person's name is used."""
        dialect = self._fitting(*dialects)
        request: dict[int, Field] = {
            1: "1",
            2: order.number,
            3: order.number,
            4: (order.code, order.name, order.system),
            7: stamp(order.at, dialect.zone),
            22: stamp(at, dialect.zone),
            25: order.status,
        }
        lines = [_observation(index, result, order.at, dialect) for index, result in enumerate(results, 1)]
        return self._send(dialect, "ORU^R01", at, [self._identity(dialect), segment("OBR", request), *lines])

    def prescription(self, at: datetime, drug: Drug, number: str, end: datetime | None) -> Outgoing:
        """RDE^O11: a new order, with its end where it has one."""
        dialect = wire_text.PHARMACY
        begins = stamp(at, dialect.zone)
        timing = ("", drug.often, "", begins, stamp(end, dialect.zone) if end else "")
        segments = [
            self._identity(dialect),
            segment("ORC", {1: "NW", 2: number, 3: number, 5: "IP", 9: begins}),
            segment("RXE", {1: timing, 2: (drug.key, drug.name, "99DEMORX"), 3: drug.dose, 5: drug.unit}),
            segment("RXR", {1: drug.route}),
        ]
        return self._send(dialect, "RDE^O11", at, segments)

    def _fitting(self, first: Dialect, second: Dialect) -> Dialect:
        return first if first.can_write(f"{self.person.family} {self.person.given}") else second

    def _identity(self, dialect: Dialect) -> str:
        person = self.person
        fields: dict[int, Field] = {
            1: "1",
            3: (person.mrn, "", "", self._authority, "MR"),
            5: (person.family, person.given),
            7: f"{person.birth:%Y%m%d}",
            8: "F" if person.build.sex == "female" else "M",
            11: ("1 Example Street", "", "Sampleton"),
            15: ("es", "Spanish", "ISO639") if person.slot.language == "es" else ("en", "English", "ISO639"),
        }
        return segment("PID", fields)

    def _send(self, dialect: Dialect, event: str, at: datetime, segments: Sequence[str]) -> Outgoing:
        control = f"D{self.next_number()}"
        raw = wire_text.message(dialect, Envelope(event, control, at), *segments)
        return Outgoing(at, self.person.mrn, control, event, raw)


def _visit(start: datetime, number: str, dialect: Dialect) -> str:
    place = (PLACE, "", "", "DEMO")
    return segment("PV1", {1: "1", 2: "O", 3: place, 10: "CF", 19: number, 44: stamp(start, dialect.zone)})


def _observation(index: int, result: Result, at: datetime, dialect: Dialect) -> str:
    fields: dict[int, Field] = {
        1: str(index),
        2: "CE" if result.kind == "CWE" and dialect.version < "2.5" else result.kind,
        3: (result.code, result.name, result.system),
        4: result.part,
        5: result.value,
        6: result.unit,
        11: result.status,
        14: stamp(at, dialect.zone),
    }
    return segment("OBX", fields)
