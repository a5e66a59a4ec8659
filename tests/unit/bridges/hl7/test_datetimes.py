"""Dates and times: precision as sent, zone as sent or the site's."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.datetimes import read, sortable

BERLIN = ZoneInfo("Europe/Berlin")
DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2024", "2024"),
        ("202403", "2024-03"),
        ("20240310", "2024-03-10"),
        ("2024031015", "2024-03-10T15+01:00"),
        ("202403101530", "2024-03-10T15:30+01:00"),
        ("20240310153007", "2024-03-10T15:30:07+01:00"),
        ("20240310153007.1234", "2024-03-10T15:30:07.1234+01:00"),
        ("20240310153007.12345678", "2024-03-10T15:30:07.123456+01:00"),
        ("20240310153007.", "2024-03-10T15:30:07+01:00"),
        ("20240710153007", "2024-07-10T15:30:07+02:00"),
        ("202403101530-0500", "2024-03-10T15:30-05:00"),
        ("202403101530+0000", "2024-03-10T15:30+00:00"),
        ("202403101530Z", "2024-03-10T15:30Z"),
        ("20240310-0500", "2024-03-10"),
        ("2024-03-10", "2024-03-10"),
        ("2024-03-10T15:30:07+01:00", "2024-03-10T15:30:07+01:00"),
        ("2024-03-10 15:30", "2024-03-10T15:30+01:00"),
        ("20240310T1530", "2024-03-10T15:30+01:00"),
        ("19560000", "1956"),
        ("19560300", "1956-03"),
        (" 20240310 ", "2024-03-10"),
        ("20240310000000", "2024-03-10T00:00:00+01:00"),
    ],
)
def test_precision_is_kept(sent: str, moment: str) -> None:
    found = read(sent, BERLIN)
    assert found is not None
    assert found.text == moment


@pytest.mark.parametrize("sent", ["", "  ", '""'])
def test_nothing_sent(sent: str) -> None:
    assert read(sent) is None


@pytest.mark.parametrize(
    "sent",
    [
        "0000",
        "00000000",
        "20241301",
        "20240230",
        "2024031025",
        "202403101561",
        "20240310153061",
        "202403101530+1900",
        "202403101530+0199",
        "00010101000000+1400",
        "99991231235959-1200",
        "yesterday",
        "2024031",
        "20240310.5",
        "٢٠٢٤",
        "10/03/2024",
    ],
)
def test_no_date(sent: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        read(sent)
    assert sortable(sent) == ""


def test_old_precision_component() -> None:
    for letter, moment in (
        ("Y", "2024"),
        ("L", "2024-03"),
        ("D", "2024-03-10"),
        ("H", "2024-03-10T15Z"),
        ("?", "2024-03-10T15:30Z"),
    ):
        found = read("202403101530", precision=letter)
        assert found is not None
        assert found.text == moment


def test_zones_without_whole_hours_and_before_zones_existed() -> None:
    india = read("202403101530", ZoneInfo("Asia/Kolkata"))
    assert india is not None
    assert india.text == "2024-03-10T15:30+05:30"
    old = read("185003101530", DENVER)
    assert old is not None
    assert old.text == "1850-03-10T15:30-06:59"
    utc = read("202403101530", UTC)
    assert utc is not None
    assert utc.text == "2024-03-10T15:30Z"


def test_sortable_is_utc_of_fixed_width() -> None:
    assert sortable("20240310153007.5", BERLIN) == "2024-03-10T14:30:07.500000Z"
    assert sortable("20240310", BERLIN) == "2024-03-10T00:00:00.000000Z"
    assert sortable("0999") == "0999-01-01T00:00:00.000000Z"
    assert sortable("") == ""


@given(st.text(st.sampled_from("0123456789-+:.TZ "), max_size=26))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text, DENVER)
    except ValueError as refused:
        assert str(refused).startswith("not a")
