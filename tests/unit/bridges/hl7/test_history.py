"""Tables of history: each row by the rules of every other message, each reason with its column."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.history import COLUMNS, NEEDED, kind_of, rows_of, translate_row
from clinic_app.model.bodies import Culture, Measurement, Medicine, Problem
from clinic_app.model.entries import Translation
from clinic_app.model.errors import SenderFault
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import generic, site

A1 = Identifier("DEMO", "A1")


def told(kind: str, header: str, row: str, profile: str = "") -> Translation:
    (found,) = rows_of(f"{header}\n{row}\n".encode(), kind)
    return translate_row(found.raw, kind, site(profile) if profile else generic())[0]


def held(kind: str, header: str, row: str) -> list[tuple[str, str]]:
    return [(hold.code, hold.reason) for hold in told(kind, header, row).holds]


SPIROMETRY = "mrn,authority,date,fev1,fev1_unit,fvc,fev1_fvc,author,note"


def test_a_spirometry() -> None:
    said = told("spirometry", SPIROMETRY, "A1,DEMO,2019-05-01 09:30,2310,mL,3.1,76,Dr. Ruiz,grade B")
    assert (said.subject, said.introduces, said.holds) == (A1, False, ())
    fev1, fvc, ratio = said.statements
    assert isinstance(fev1.body, Measurement)
    assert (fev1.code, fev1.body.value, fev1.body.unit, fev1.at) == (
        "fev1",
        Decimal("2310"),
        "mL",
        Moment("2019-05-01T09:30"),
    )
    assert (fev1.author, fev1.body.note, fev1.position) == ("Dr. Ruiz", "grade B", "column fev1")
    assert isinstance(fvc.body, Measurement)
    assert (fvc.code, fvc.body.unit) == ("fvc", "L")
    assert isinstance(ratio.body, Measurement)
    assert (ratio.code, ratio.body.unit, ratio.position) == ("fev1_fvc", "%", "column fev1_fvc")


def test_growth_with_a_decimal_comma_where_semicolons_part_the_columns() -> None:
    said = told("growth", "mrn;authority;date;weight;height", "A1;DEMO;20190501;50,5;170")
    weight = said.statements[0].body
    assert isinstance(weight, Measurement)
    assert (weight.value, weight.text, weight.unit) == (Decimal("50.5"), "50,5", "kg")
    quoted = told("growth", "mrn,authority,date,weight", 'A1,DEMO,20190501,"50,5"')
    assert [hold.code for hold in quoted.holds] == ["UNREADABLE-VALUE"]
    by_profile = told(
        "growth", "mrn,authority,date,weight", 'A1,DEMO,20190501,"50,5"', "[site]\ndecimal_comma = true\n"
    )
    assert by_profile.holds == ()


def test_a_culture() -> None:
    header = "mrn,authority,date,specimen,organism"
    said = told("cultures", header, "A1,DEMO,2019-05-01,Sputum,Pseudomonas aeruginosa")
    body = said.statements[0].body
    assert isinstance(body, Culture)
    assert (body.specimen, body.organism, body.growth) == ("Sputum", "pseudomonas_aeruginosa", True)
    none = told("cultures", header, "A1,DEMO,2019-05-01,Throat,No growth").statements[0].body
    assert isinstance(none, Culture)
    assert (none.specimen, none.organism, none.growth) == ("Throat", "", False)


def test_cultures_of_one_day_are_told_apart() -> None:
    header, day = "mrn,authority,date,specimen,organism", "A1,DEMO,2019-05-01"
    keys = {
        told("cultures", header, f"{day},{specimen},{organism}").statements[0].key
        for specimen in ("Sputum", "Throat")
        for organism in ("Pseudomonas aeruginosa", "Staphylococcus aureus")
    }
    assert len(keys) == 4


def test_a_medicine_that_goes_on_and_its_end() -> None:
    header = "mrn,authority,name,dose,route,start,end"
    on = told("medicines", header, "A1,DEMO,Trikafta,2 tablets,oral,2019-05-01,").statements[0]
    off = told("medicines", header, "A1,DEMO,Trikafta,2 tablets,oral,2019-05-01,2020-06-01").statements[0]
    assert isinstance(on.body, Medicine)
    assert isinstance(off.body, Medicine)
    assert (on.body.action, on.body.dose, on.body.route) == ("started", "2 tablets", "oral")
    assert "elexacaftor" in on.body.ingredients
    assert (off.body.action, off.body.start, off.body.end) == (
        "stopped",
        Moment("2019-05-01"),
        Moment("2020-06-01"),
    )
    assert on.key == off.key
    assert on.order < off.order
    other = told("medicines", header, "A1,DEMO,Trikafta,1 tablet,oral,2019-05-01,").statements[0]
    assert other.key != on.key


def test_a_diagnosis_its_end_and_its_deletion() -> None:
    header = "mrn,authority,name,code,code_system,start,end,id,status"
    on = told("diagnoses", header, "A1,DEMO,CF-related diabetes,E84.8,ICD-10,2015-01-02,,,").statements[0]
    assert isinstance(on.body, Problem)
    assert (on.kind, on.body.name, on.body.code, on.body.state) == (
        FactKind.PROBLEM,
        "CF-related diabetes",
        "ICD-10|E84.8",
        "active",
    )
    off = told("diagnoses", header, "A1,DEMO,Diabetes,E84.8,ICD-10,2015-01-02,2016,,").statements[0]
    assert isinstance(off.body, Problem)
    assert (off.key, off.body.state, off.body.end) == (on.key, "resolved", Moment("2016"))
    gone = told("diagnoses", header, "A1,DEMO,Asthma,,,2015,,D4,deleted").statements[0]
    assert (gone.key, gone.status) == ("problem:D4", FactStatus.WITHDRAWN)
    (bad,) = told("diagnoses", header, "A1,DEMO,Asthma,,,long ago,,,").holds
    assert (bad.code, bad.reason) == ("UNREADABLE-VALUE", "column start is not a date or time")
    assert told("diagnoses", header, "A1,,Asthma,,,,,,").holds[0].code == "NO-PATIENT-ID"


def test_two_tests_of_one_day_do_not_hide_each_other_and_a_number_makes_them_one() -> None:
    header = "mrn,authority,date,fev1"
    one, two = (told("spirometry", header, f"A1,DEMO,2019-05-01,{v}").statements[0] for v in ("2.1", "2.2"))
    assert one.key != two.key
    header = "mrn,authority,date,fev1,id,status"
    first = told("spirometry", header, "A1,DEMO,2019-05-01,2.1,T7,").statements[0]
    second = told("spirometry", header, "A1,DEMO,2019-05-01,2.2,T7,corrected").statements[0]
    gone = told("spirometry", header, "A1,DEMO,2019-05-01,2.2,T7,deleted").statements[0]
    assert first.key == second.key == gone.key
    assert [one.status for one in (first, second, gone)] == [
        FactStatus.FINAL,
        FactStatus.CORRECTED,
        FactStatus.WITHDRAWN,
    ]


@pytest.mark.parametrize(
    ("row", "code", "place"),
    [
        ("A1,DEMO,2019-05-01,250,,,,,", "IMPLAUSIBLE-VALUE", "column fev1 "),
        ("A1,DEMO,2019-05-01,2.5,cups,,,,", "UNKNOWN-UNIT", "column fev1_unit"),
        ("A1,DEMO,2019-05-01,,,many,,,", "UNREADABLE-VALUE", "column fvc "),
        ("A1,DEMO,01.05.2019,2.5,,,,,", "UNREADABLE-VALUE", "column date"),
        ("A1,,2019-05-01,2.5,,,,,", "NO-PATIENT-ID", ""),
        (",DEMO,2019-05-01,2.5,,,,,", "UNREADABLE-ROW", "column mrn"),
        ("A1,DEMO,,2.5,,,,,", "UNREADABLE-ROW", "column date"),
        ("A1,DEMO,2019-05-01,2.5,,,,,,,,", "UNREADABLE-ROW", "more cells"),
        ('A1,DEMO,2019-05-01,"2".5,,,,,', "UNREADABLE-ROW", "not CSV"),
    ],
)
def test_what_is_held_names_its_column_and_no_value(row: str, code: str, place: str) -> None:
    (first, *_) = held("spirometry", SPIROMETRY, row)
    assert first[0] == code
    assert place in first[1]
    assert "A1" not in first[1]


def test_a_correction_needs_a_number_and_a_status_that_is_known() -> None:
    header = "mrn,authority,date,fev1,status"
    assert held("spirometry", header, "A1,DEMO,2019-05-01,2.1,corrected")[0][0] == "UNREADABLE-ROW"
    assert held("spirometry", header, "A1,DEMO,2019-05-01,2.1,maybe")[0][0] == "UNKNOWN-STATUS"


def test_a_birth_date_is_checked_like_any_other() -> None:
    said = told("growth", "mrn,authority,date,weight,birth_date", "A1,DEMO,2019-05-01,50,2001-02-03")
    assert said.birth_date == Moment("2001-02-03")


def test_delimiters_of_hl7_in_cells_are_text() -> None:
    said = told("medicines", "mrn,authority,name,dose", "A1,DEMO,A|B^C~D&E\\F,1")
    body = said.statements[0].body
    assert isinstance(body, Medicine)
    assert body.name == "A|B^C~D&E\\F"


def test_rows_keep_their_bytes_and_their_lines() -> None:
    raw = (
        b'\xef\xbb\xbfmrn,date,note,weight\r\nA1,2019-05-01,"two\r\nlines",50\r\n\r\n,,,\r\nA2,2019-05-02,,51'
    )
    rows = rows_of(raw, "growth")
    assert [row.line for row in rows] == [2, 6]
    assert rows[0].raw == b'mrn,date,note,weight\nA1,2019-05-01,"two\r\nlines",50\r\n'
    assert rows[1].raw == b"mrn,date,note,weight\nA2,2019-05-02,,51"


def test_a_quotation_mark_that_never_closes_takes_the_rest_and_loses_nothing() -> None:
    raw = b'mrn,authority,date,weight\nA1,DEMO,2019-05-01,50\nA2,DEMO,2019-05-01,"51\nA3,DEMO,2019-05-01,52\n'
    rows = list(rows_of(raw, "growth"))
    assert [row.raw.partition(b"\n")[2].rstrip() for row in rows] == [
        b"A1,DEMO,2019-05-01,50",
        b'A2,DEMO,2019-05-01,"51\nA3,DEMO,2019-05-01,52',
    ]
    said, _ = translate_row(rows[1].raw, "growth", generic())
    assert [hold.code for hold in said.holds] == ["UNREADABLE-ROW"]


def test_a_row_that_is_not_utf_8_is_read_and_remarked() -> None:
    (row,) = rows_of(
        "mrn,authority,date,weight,author\nA1,DEMO,2019-05-01,50,Muñoz\n".encode("cp1252"), "growth"
    )
    said, _ = translate_row(row.raw, "growth", generic())
    assert said.statements[0].author == "Muñoz"
    assert [finding.code for finding in said.findings] == ["CHARSET-GUESSED"]


@pytest.mark.parametrize(
    ("header", "what"),
    [
        (b"", "empty"),
        (b"mrn,date,fev_1", "'fev_1'"),
        (b"mrn,fev1", "'date'"),
        (b'mrn,"da"te,fev1', "not CSV"),
        (b"mrn,date,fev1,FEV1", "twice"),
    ],
)
def test_a_header_that_is_not_documented_is_refused(header: bytes, what: str) -> None:
    with pytest.raises(SenderFault, match=what) as raised:
        rows_of(header, "spirometry")
    assert raised.value.code in ("LOAD-COLUMNS", "UNREADABLE-ROW")


def test_columns_that_are_none_of_ours_count_for_nothing() -> None:
    assert told("growth", "mrn,authority,date,weight,x_room", "A1,DEMO,2019-05-01,50,4").holds == ()


def test_tables_are_known_by_name() -> None:
    assert kind_of("Spirometry-2019.CSV") == "spirometry"
    assert kind_of("growth.csv") == "growth"
    assert (kind_of("growth.hl7"), kind_of("weights.csv")) == ("", "")
    assert all(set(needed) <= set(COLUMNS[kind]) for kind, needed in NEEDED.items())


@given(st.sampled_from(sorted(COLUMNS)), st.text(max_size=60), st.sampled_from([",", ";", "\t"]))
def test_no_row_is_ever_too_odd(kind: str, text: str, delimiter: str) -> None:
    header = delimiter.join(COLUMNS[kind])
    raw = f"{header}\nA1{delimiter}DEMO{delimiter}{text}".encode("utf-8", "surrogatepass")
    said, _ = translate_row(raw, kind, generic())
    assert said.holds or said.statements or said.ignored
    for row in rows_of(raw, kind):
        assert row.raw.startswith(header.encode())
