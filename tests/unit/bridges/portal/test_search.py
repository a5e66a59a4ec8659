import pytest

from bridges.portal.exchange import Refusal
from bridges.portal.search import MOST, bounds, page_token, read_search
from bridges.portal.store.resources import Query


def read(*asked: tuple[str, str], kind: str = "Goal") -> Query:
    return read_search(kind, asked)[0]


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026", "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("2026-12", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("2026-11", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"),
        ("2026-11-30", "2026-11-30T00:00:00.000Z", "2026-12-01T00:00:00.000Z"),
        ("2026-11-30T10:00", "2026-11-30T10:00:00.000Z", "2026-11-30T10:01:00.000Z"),
        ("2026-11-30T10:00:05Z", "2026-11-30T10:00:05.000Z", "2026-11-30T10:00:06.000Z"),
        ("2026-11-30T10:00:05.1234Z", "2026-11-30T10:00:05.123Z", "2026-11-30T10:00:05.124Z"),
        ("2026-11-30T10:00:05.5+02:00", "2026-11-30T08:00:05.500Z", "2026-11-30T08:00:05.501Z"),
        ("2026-11-30T10:00:05 02:00", "2026-11-30T08:00:05.000Z", "2026-11-30T08:00:06.000Z"),
    ],
)
def test_a_date_means_all_that_it_can_mean(text: str, begin: str, end: str) -> None:
    assert bounds(text) == (begin, end)


@pytest.mark.parametrize(
    "text", ["", "today", "2026-13", "2026-02-30", "9999", "2026-11-30T25:00", "26-11-30"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        bounds(text)


def test_prefixes() -> None:
    day, after = bounds("2026-11-30")
    assert (read(("_lastUpdated", "2026-11-30")).since, read(("_lastUpdated", "eq2026-11-30")).until) == (
        day,
        after,
    )
    assert (read(("_lastUpdated", "ge2026-11-30")).since, read(("_lastUpdated", "ge2026-11-30")).until) == (
        day,
        "",
    )
    assert (
        read(("_lastUpdated", "gt2026-11-30")).since == read(("_lastUpdated", "sa2026-11-30")).since == after
    )
    assert read(("_lastUpdated", "le2026-11-30")).until == after
    assert read(("_lastUpdated", "lt2026-11-30")).until == read(("_lastUpdated", "eb2026-11-30")).until == day
    assert read(("_lastUpdated", "ne2026-11-30")).outside == ((day, after),)
    both = read(
        ("_lastUpdated", "ge2026-11-01"), ("_lastUpdated", "lt2026-11-30"), ("_lastUpdated", "lt2027")
    )
    assert (both.since, both.until) == (bounds("2026-11-01")[0], day)


def test_order_count_and_pages() -> None:
    assert not read().descending
    assert read(("_sort", "-_lastUpdated")).descending
    assert read(("_count", "7")).count == 7
    assert read(("_count", "99999")).count == MOST
    assert read_search("Goal", [("_count", "0")]) == (read(("_count", "1")), True)
    assert read_search("Goal", [("_summary", "count")])[1]
    assert not read_search("Goal", [("_summary", "false"), ("_format", "json"), ("_total", "accurate")])[1]
    stamp = "2026-11-30T10:00:05.123Z"
    assert read(("_page", page_token(stamp))).after == stamp


def test_people_and_identifiers() -> None:
    assert read(("patient", "p1,Patient/p2,https://x/fhir/Patient/p3")).patients == ("p1", "p2", "p3")
    assert read(("subject", "Patient/p1"), ("_id", "a,b")).ids == ("a", "b")
    wanted = read(("identifier", "urn:s|1,|2,3"), kind="Patient").identifiers
    assert wanted == (("urn:s", "1"), ("", "2"), (None, "3"))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("name", "Maya", "Patient"),
        ("patient", "p1", "Patient"),
        ("identifier", "1", "Goal"),
        ("_sort", "status", "Goal"),
        ("_include", "*", "Goal"),
        ("_summary", "text", "Goal"),
        ("_count", "many", "Goal"),
        ("_count", "-1", "Goal"),
        ("_page", "%%", "Goal"),
        ("_page", "aGVsbG8", "Goal"),
        ("patient", "a b", "Goal"),
    ],
)
def test_what_is_not_obeyed_is_refused(name: str, value: str, kind: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read((name, value), kind=kind)
    assert refusal.value.status == 400
