"""Messages to the EHR: ORU^R01 with patient-reported results, MDM^T02 with a document.

Every text is escaped by the message's own delimiters and written in the receiver's character set. A message
is checked before anybody gets it; one that does not pass is our bug and never sent.
Source: HL7 2.5.1 chapters 7.3.1 (ORU), 7.4.2 (OBX, table 0085), 9.5.2 (MDM T02), 9.6.1 (TXA), 2.A.24 (ED).
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bridges.hl7 import escapes
from bridges.hl7.dialect import OWN_SYSTEM, PANEL, Dialect
from clinic_app.model.bodies import Answer, Measurement
from clinic_app.model.entries import Finding
from clinic_app.model.errors import EnvironmentFault, ProgramFault
from clinic_app.model.facts import Source
from clinic_app.model.moment import Moment
from clinic_app.model.outbound import Addressee, DocumentReport, ReportedItem, ResultReport

Check = Callable[[str], Sequence[Finding]]
"""Says what is wrong with a message."""
Components = tuple[str, ...]

SOURCES: Final[dict[Source, Components]] = {
    Source.PATIENT: ("PATIENT", "Patient", OWN_SYSTEM),
    Source.DEVICE: ("DEVICE", "Patient's device", OWN_SYSTEM),
    Source.STAFF: ("STAFF", "Patient, written down by staff", OWN_SYSTEM),
}
"""OBX-15: who produced a value."""
METHOD: Final[Components] = ("PATIENT-REPORTED", "Reported by the patient", OWN_SYSTEM)
"""OBX-17 of everything: a home value must never pass for one of the clinic's."""
_SEX = {"male": "M", "female": "F", "other": "O", "unknown": "U"}
_NAMELESS: Final[Components] = ("", "", "", "", "", "", "U")
"""PID-5 must be there; table 0200: U is unspecified."""
_SHOWN = 64


@dataclass(frozen=True, slots=True)
class Route:
    """MSH-3 to MSH-6 (application and facility of both sides), and MSH-11: P, or T for a demonstration."""

    sending_application: str
    sending_facility: str
    receiving_application: str
    receiving_facility: str
    processing: str = "P"


def result_message(report: ResultReport, dialect: Dialect, route: Route, check: Check) -> bytes:
    """ORU^R01 with all results of one submission.

    Raises EnvironmentFault OUTBOUND-CHARSET and ProgramFault OUTBOUND-INVALID.
    """
    pen = _Pen(dialect)
    when = _moment(report.created_at)
    panel = dialect.codes.get(PANEL) or dialect.code("Patient-reported results")
    status = "C" if report.corrects else "F"
    observed = min((item.at for item in report.items if item.at is not None), default=None)
    lines = [
        _header(pen, route, ("ORU", "R01", "ORU_R01"), report.control_id, when),
        _person(pen, report.patient),
        pen.segment(
            "OBR",
            {
                1: "1",
                3: (report.order_id, route.sending_application),
                4: (panel.code, panel.name, panel.system),
                7: pen.time(observed) or when,
                22: when,
                25: status,
            },
        ),
        *_observations(pen, report.items),
    ]
    return _finished(lines, lines, dialect, check)


def document_message(report: DocumentReport, dialect: Dialect, route: Route, check: Check) -> bytes:
    """MDM^T02 with a document, as PDF and as text. Raises as `result_message`."""
    pen = _Pen(dialect)
    when, document = _moment(report.created_at), report.document
    head = [
        _header(pen, route, ("MDM", "T02", "MDM_T02"), report.control_id, when),
        pen.segment("EVN", {1: "T02", 2: when}),
        _person(pen, report.patient),
        pen.segment("PV1", {1: "1", 2: "O"}),
        pen.segment(
            "TXA",
            {
                1: "1",
                2: dialect.document_type,
                3: "AP",
                4: _moment(document.at),
                12: (document.id, route.sending_application),
                16: document.title,
                17: "DO",
            },
        ),
    ]
    plan = (document.id, document.title, OWN_SYSTEM)
    data = b64encode(document.pdf).decode("ascii")

    def body(data: str) -> list[str]:
        content = ("", "application", "pdf", "Base64", data)
        return [
            pen.segment("OBX", {1: "1", 2: "ED", 3: plan, 4: "1", 5: content, 11: "F"}),
            pen.segment("OBX", {1: "2", 2: "TX", 3: plan, 4: "2", 5: document.text, 11: "F"}),
        ]

    # hl7apy looks at each letter of a value; of the PDF's millions it need not see all.
    return _finished([*head, *body(data)], [*head, *body(data[:_SHOWN])], dialect, check)


class _Pen:
    """Writes segments: fields by number; a tuple is components; every text is escaped."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._marks = dialect.separators

    def segment(self, name: str, fields: dict[int, str | Components]) -> str:
        """One segment; fields that are not given stay empty."""
        written = [self.field(fields.get(number, "")) for number in range(1, max(fields) + 1)]
        return self._marks.field.join([name, *written])

    def header(self, fields: dict[int, str | Components]) -> str:
        """MSH, whose first two fields are the delimiters themselves."""
        written = [self.field(fields.get(number, "")) for number in range(3, max(fields) + 1)]
        return self._marks.field.join([f"MSH{self._marks.field}{self._marks.sent}", *written])

    def field(self, value: str | Components) -> str:
        """A field; empty components at its end are left out."""
        parts = (value,) if isinstance(value, str) else value
        written = [escapes.encode(part, self._marks) for part in parts]
        while written and not written[-1]:
            written.pop()
        return self._marks.component.join(written)

    def time(self, moment: Moment | None) -> str:
        """A moment with the precision that it has; empty where there is none."""
        if moment is None:
            return ""
        text = moment.text
        day, _, clock = text.partition("T")
        if not clock:
            return day.replace("-", "")
        local, zone = (clock[:-1], "+0000") if clock.endswith("Z") else (clock, "")
        for sign in "+-":
            if sign in local:
                local, _, rest = local.partition(sign)
                zone = sign + rest.replace(":", "")
        whole, _, fraction = local.partition(".")
        fraction = f".{fraction[:4]}" if fraction else ""
        return day.replace("-", "") + whole.replace(":", "") + fraction + zone


def _moment(when: datetime) -> str:
    return when.strftime("%Y%m%d%H%M%S%z")


def _header(pen: _Pen, route: Route, kind: Components, control_id: str, when: str) -> str:
    return pen.header(
        {
            3: route.sending_application,
            4: route.sending_facility,
            5: route.receiving_application,
            6: route.receiving_facility,
            7: when,
            9: kind,
            10: control_id,
            11: route.processing,
            12: pen.dialect.version,
            18: pen.dialect.charset,
        }
    )


def _person(pen: _Pen, patient: Addressee) -> str:
    who = patient.identifier
    authority = pen.dialect.authorities.get(who.authority, who.authority)
    return pen.segment(
        "PID",
        {
            1: "1",
            3: (who.value, "", "", authority, "MR"),
            5: (patient.family, patient.given) if patient.family or patient.given else _NAMELESS,
            7: pen.time(patient.birth_date)[:8],
            8: _SEX.get(patient.sex, ""),
        },
    )


def _observations(pen: _Pen, items: Sequence[ReportedItem]) -> list[str]:
    """One OBX per result; a second one of a series in a submission gets its own sub-id."""
    seen: dict[str, int] = {}
    lines = []
    for number, item in enumerate(items, 1):
        seen[item.series] = seen.get(item.series, 0) + 1
        lines.append(_observation(pen, item, str(number), str(seen[item.series])))
    return lines


def _observation(pen: _Pen, item: ReportedItem, number: str, sub_id: str) -> str:
    code = pen.dialect.code(item.series)
    kind, value, unit = _value(item.body)
    written = code.units.get(unit) or ((unit, unit, "UCUM") if unit else "")
    return pen.segment(
        "OBX",
        {
            1: number,
            2: kind,
            3: (code.code, code.name, code.system),
            4: sub_id,
            5: value,
            6: written,
            11: item.standing.value,
            14: pen.time(item.at),
            15: SOURCES.get(item.source, SOURCES[Source.PATIENT]),
            17: METHOD,
        },
    )


def _value(body: Measurement | Answer | None) -> tuple[str, str | Components, str]:
    """OBX-2, OBX-5 and the UCUM unit; all empty for a result that is taken back."""
    match body:
        case None:
            return "", "", ""
        case Answer():
            return "TX", body.text, ""
        case Measurement(value=None):
            return "TX", body.text, body.unit
    number = format(body.value, "f")
    return ("SN", (body.comparator, number), body.unit) if body.comparator else ("NM", number, body.unit)


def _finished(lines: Sequence[str], shown: Sequence[str], dialect: Dialect, check: Check) -> bytes:
    """The bytes, once ``shown`` (the same, but for what need not be looked at) has passed the check."""
    encoded = [_encoded(line, dialect) for line in lines]
    findings = check("".join(f"{line}\r" for line in shown))
    if findings:
        raise ProgramFault(
            "OUTBOUND-INVALID",
            f"a message to the EHR was not built as HL7 {dialect.version} wants it ({findings[0].text})",
            "Report this: it was not sent.",
        )
    return b"".join(line + b"\r" for line in encoded)


def _encoded(line: str, dialect: Dialect) -> bytes:
    try:
        return line.encode(dialect.codec)
    except UnicodeEncodeError:
        place = line[:3]
        raise EnvironmentFault(
            "OUTBOUND-CHARSET",
            f"{place} holds a character that {dialect.charset or 'ASCII'} cannot write, so it was not sent",
            "Ask the EHR's vendor for UNICODE UTF-8, set outbound.charset in the site profile, then: "
            "commonground outbox resend N.",
        ) from None
