"""Messages to the EHR: strict HL7 by hl7apy, every text escaped, nothing that the receiver could not read."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.hl7 import escapes
from bridges.hl7.charsets import decode
from bridges.hl7.conformance import check_outbound
from bridges.hl7.dialect import VERSIONS, Dialect, OutboundCode
from bridges.hl7.outbound import Check, Route, document_message, result_message
from bridges.hl7.tokenizer import Message, Separators, tokenize
from clinic_app.model.bodies import Answer, Measurement
from clinic_app.model.entries import Finding
from clinic_app.model.errors import EnvironmentFault, ProgramFault
from clinic_app.model.facts import Source
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.outbound import Addressee, Document, DocumentReport, ReportedItem, ResultReport
from clinic_app.model.outbox import Standing
from tests.unit.bridges.hl7.messages import generic

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DIALECT = generic().outbound
ROUTE = Route("COMMONGROUND", "CLINIC", "EHR", "HOSPITAL")
ANA = Addressee(Identifier("DEMO", "1001"), "Muñoz & Díaz", "Ana|María", Moment("2002-03-14"), "female")
WEIGHT = Measurement(Decimal("61.50"), "61.5", "", "kg", "kg", "Body weight")


def item(
    series: str = "home_weight",
    body: Measurement | Answer | None = WEIGHT,
    standing: Standing = Standing.FINAL,
    at: str = "2026-02-20T07:00:00Z",
    source: Source = Source.PATIENT,
) -> ReportedItem:
    return ReportedItem(series, standing, body, Moment(at) if at else None, source)


def report(*items: ReportedItem, corrects: bool = False) -> ResultReport:
    return ResultReport("CGO0123456789abcdef", AT, ANA, "CG0001", items, corrects)


def built(*items: ReportedItem, dialect: Dialect = DIALECT, corrects: bool = False) -> bytes:
    return result_message(report(*items, corrects=corrects), dialect, ROUTE, check_outbound)


def read(raw: bytes) -> Message:
    return tokenize(decode(raw).text)


def values(message: Message, name: str, number: int) -> Sequence[str]:
    return [segment.field(number) for segment in message.all(name)]


def test_results_of_a_submission() -> None:
    answer = Answer("overall", "6")
    message = read(built(item(), item("symptom_overall", answer, at="2026-02-20")))
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "OBR", "OBX", "OBX"]
    head = [message.get(f"MSH-{number}") for number in (3, 4, 5, 6, 7, 9, 10, 11, 12, 18)]
    assert head == [
        "COMMONGROUND",
        "CLINIC",
        "EHR",
        "HOSPITAL",
        "20260302090000+0000",
        "ORU^R01^ORU_R01",
        "CGO0123456789abcdef",
        "P",
        "2.5.1",
        "UNICODE UTF-8",
    ]
    assert message.get("PID-3") == "1001^^^DEMO^MR"
    assert message.get("PID-5") == r"Muñoz \T\ Díaz^Ana\F\María"
    assert (message.get("PID-7"), message.get("PID-8")) == ("20020314", "F")
    assert (message.get("OBR-3"), message.get("OBR-25")) == ("CG0001^COMMONGROUND", "F")
    assert message.get("OBR-7") == "20260220"
    first, second = (segment.line.split("|") for segment in message.all("OBX"))
    assert first[1:7] == [
        "1",
        "NM",
        "HOME-WEIGHT^Body weight measured at home^99CG",
        "1",
        "61.50",
        "kg^kg^UCUM",
    ]
    assert (first[11], first[14], first[15]) == ("F", "20260220070000+0000", "PATIENT^Patient^99CG")
    assert first[17] == "PATIENT-REPORTED^Reported by the patient^99CG"
    assert second[2:6] == ["TX", "SYMPTOM-OVERALL^How the patient feels overall, 0 to 10^99CG", "1", "6"]


def test_a_correction_says_what_it_changes() -> None:
    message = read(
        built(
            item(standing=Standing.CORRECTED),
            item("home_fev1", None, Standing.DELETED),
            item("home_fvc", None, Standing.WRONG, at=""),
            corrects=True,
        )
    )
    assert values(message, "OBX", 11) == ["C", "D", "W"]
    assert values(message, "OBX", 5) == ["61.50", "", ""]
    assert message.get("OBR-25") == "C"


def test_a_second_result_of_a_series_has_a_sub_id_of_its_own() -> None:
    assert values(read(built(item(), item(), item("home_fev1"))), "OBX", 4) == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        (replace(WEIGHT, comparator="<"), "SN", "<^61.50"),
        (replace(WEIGHT, value=None, text="about 60"), "TX", "about 60"),
        (replace(WEIGHT, value=Decimal("1E+2")), "NM", "100"),
        (replace(WEIGHT, value=Decimal("0.0000001")), "NM", "0.0000001"),
    ],
)
def test_how_values_are_written(body: Measurement, kind: str, value: str) -> None:
    message = read(built(item(body=body)))
    assert (message.get("OBX-2"), message.get("OBX-5")) == (kind, value)


@pytest.mark.parametrize(
    ("at", "written"),
    [
        ("2026", "2026"),
        ("2026-02", "202602"),
        ("2026-02-20T07:05", "202602200705"),
        ("2026-02-20T07:05:09.123456-05:00", "20260220070509.1234-0500"),
        ("2026-02-20T07:05+01:00", "202602200705+0100"),
        ("", ""),
    ],
)
def test_times_keep_their_precision(at: str, written: str) -> None:
    assert read(built(item(at=at))).get("OBX-14") == written


@pytest.mark.parametrize(
    ("source", "written"), [(Source.DEVICE, "DEVICE"), (Source.STAFF, "STAFF"), (Source.EHR, "PATIENT")]
)
def test_who_produced_a_value(source: Source, written: str) -> None:
    assert read(built(item(source=source))).get("OBX-15").startswith(written)


def test_units_and_codes_as_the_receiver_wants_them() -> None:
    row = OutboundCode("home_weight", "LN", "29463-7", "Body weight", {"kg": "KG"})
    dialect = replace(DIALECT, codes={"home_weight": row}, authorities={"DEMO": "HIS"})
    message = read(built(item(), dialect=dialect))
    assert message.get("OBX-3") == "29463-7^Body weight^LN"
    assert message.get("OBX-6") == "KG"
    assert message.get("PID-3") == "1001^^^HIS^MR"
    assert message.get("OBR-4") == "Patient-reported results^Patient-reported results^99CG"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_passes_its_own_structure(version: str) -> None:
    dialect = replace(DIALECT, version=version)
    assert read(built(item(), dialect=dialect)).get("MSH-12") == version
    assert read(document(dialect)).get("MSH-12") == version


def test_the_person_is_written_as_far_as_the_ehr_told() -> None:
    bare = replace(report(item()), patient=Addressee(Identifier("DEMO", "7")))
    message = read(result_message(bare, DIALECT, replace(ROUTE, processing="T"), check_outbound))
    assert [message.get(f"PID-{number}") for number in (3, 5, 7, 8)] == ["7^^^DEMO^MR", "^^^^^^U", "", ""]
    assert message.get("MSH-11") == "T"


def test_a_character_that_the_receiver_cannot_read_stops_the_message() -> None:
    latin = replace(DIALECT, charset="8859/1", codec="iso8859-1")
    words = item("own-words", Answer("own-words", "ñ"))
    assert b"\xf1" in built(words, dialect=latin)
    with pytest.raises(EnvironmentFault, match="OUTBOUND-CHARSET") as caught:
        built(item("own-words", Answer("own-words", "→ secret")), dialect=latin)
    assert "secret" not in str(caught.value)
    assert "OBX holds" in caught.value.what


def test_what_does_not_pass_the_check_is_given_to_nobody() -> None:
    found: Check = lambda text: [Finding("OUTBOUND-INVALID", "segment 2 is missing")]  # noqa: E731
    with pytest.raises(ProgramFault, match="OUTBOUND-INVALID.*segment 2 is missing"):
        result_message(report(item()), DIALECT, ROUTE, found)


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    text=WORDS,
    marks=st.sampled_from(["|^~\\&", "#*!?@", "&^~\\|"]),
)
def test_any_words_come_back_as_they_were(text: str, marks: str) -> None:
    """Every delimiter and control character survives, whatever the receiver's delimiters are."""
    separators = Separators.read(f"MSH{marks}{marks[0]}")
    dialect = replace(DIALECT, separators=separators)
    body = Answer("own-words", text)
    raw = result_message(report(item("own-words", body)), dialect, ROUTE, lambda _: ())
    message = read(raw)
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "OBR", "OBX"]
    assert escapes.decode(message.all("OBX")[0].field(5), message.separators) == text


def document(dialect: Dialect = DIALECT, pdf: bytes = b"%PDF-1.7 plan") -> bytes:
    plan = Document("PLAN-1", "Visit plan", pdf, "Walk daily\nCall us | anytime", AT)
    return document_message(DocumentReport("CGO1", AT, ANA, plan), dialect, ROUTE, check_outbound)


def test_a_plan_goes_as_pdf_and_as_text() -> None:
    pdf = bytes(range(256)) * 2000
    message = read(document(pdf=pdf))
    names = [segment.name for segment in message.segments]
    assert names == ["MSH", "EVN", "PID", "PV1", "TXA", "OBX", "OBX"]
    assert message.get("MSH-9") == "MDM^T02^MDM_T02"
    assert [message.get(f"TXA-{number}") for number in (2, 3, 12, 16, 17)] == [
        "PN",
        "AP",
        "PLAN-1^COMMONGROUND",
        "Visit plan",
        "DO",
    ]
    first, second = message.all("OBX")
    assert (first.field(2), second.field(2)) == ("ED", "TX")
    parts = first.field(5).split("^")
    assert parts[:4] == ["", "application", "pdf", "Base64"]
    assert b64decode(parts[4], validate=True) == pdf
    assert second.field(5) == r"Walk daily\.br\Call us \F\ anytime"
    assert check_outbound(decode(document()).text) == ()
