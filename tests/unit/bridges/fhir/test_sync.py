import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.fhir.sync import Answer, Round, Seen, Wait, check, retry_after
from clinic_app.model.errors import EnvironmentFault
from tests.unit.bridges.fhir.servers import BASE, START, Server, answer, resource


def read_all(
    server: Server, position: str = "", seen: Seen | None = None, page: int = 3
) -> tuple[list[str], str]:
    """One round; ids in the order in which they came, and the last position that would have been kept."""
    reading = Round(BASE, "Goal", position, seen if seen is not None else Seen(), page=page)
    found, kept, address = [], position, reading.start()
    while address:
        result = reading.receive(asyncio.run(server.fetch(address)))
        found += [record.control_id for record in result.fresh]
        kept = result.position or kept
        reading.landed()
        address = result.next
    return found, kept


def filled(count: int, step: float = 60, sorts: bool = True, filters: bool = True) -> Server:
    server = Server(sorts=sorts, filters=filters)
    for number in range(count):
        server.put(f"g{number}", number * step)
    return server


def test_everything_comes_once_in_order_and_the_position_is_the_last() -> None:
    server = filled(10)
    found, position = read_all(server)
    assert found == [f"Goal/g{number}/_history/1" for number in range(10)]
    assert position == "2026-11-01T00:09:00.000Z"
    assert all("offset" not in address for address in server.asked)


def test_the_next_round_begins_an_overlap_earlier_and_lands_only_what_is_new() -> None:
    server, seen = filled(10), Seen()
    _, position = read_all(server, seen=seen)
    server.put("late", 5 * 60)  # became visible only now, although its stamp is older than the position
    server.put("g0", 10 * 60)
    found, position = read_all(server, position, seen)
    assert found == ["Goal/late/_history/1", "Goal/g0/_history/2"]
    assert position == "2026-11-01T00:10:00.000Z"
    assert read_all(server, position, seen) == ([], position)


def test_more_of_one_second_than_a_page_holds_are_read_by_the_servers_own_links() -> None:
    server = filled(10, step=0.01)
    server.put("after", 60)
    found, position = read_all(server)
    assert (len(found), position) == (11, "2026-11-01T00:01:00.000Z")


def test_a_server_that_does_not_sort_is_read_whole_twice_before_the_position_moves() -> None:
    server, seen = filled(8, sorts=False), Seen()
    server.rows = dict(reversed(server.rows.items()))
    found, position = read_all(server, seen=seen)
    assert (len(found), position) == (8, "")
    assert read_all(server, seen=seen) == ([], "2026-11-01T00:07:00.000Z")


def test_one_page_without_order_moves_the_position_at_once() -> None:
    assert read_all(filled(2, sorts=False))[1] == "2026-11-01T00:01:00.000Z"


def test_a_server_that_ignores_the_filter_is_read_to_the_end() -> None:
    server, seen = filled(9, filters=False), Seen()
    found, position = read_all(server, "2026-11-01T00:08:00.000Z", seen)
    assert len(found) == 9
    found, _ = read_all(filled(9, filters=False))
    assert len(found) == 9
    assert position == "2026-11-01T00:08:00.000Z"


def test_a_server_whose_links_forget_what_was_asked_is_read_from_its_plain_list() -> None:
    server = Server(drops=True)
    for number in range(20):  # the order of ids is not that of time, and all are of one second
        server.put(f"g{number * 7 % 20:02}", number * 0.01)
    found, position = read_all(server)
    assert (len(found), len(set(found))) == (20, 20)
    assert position == "2026-11-01T00:00:00.020Z", "what was read in order, and no more"
    assert any("_sort" not in address and "offset" not in address for address in server.asked)
    seen = Seen()
    read_all(server, seen=seen)
    assert read_all(server, seen=seen)[0] == []


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 400)), max_size=14),
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 200)), max_size=6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_whatever_changes_while_it_is_read_lands_in_the_end(
    before: list[tuple[str, int]], meanwhile: list[tuple[str, int]], sorts: bool, filters: bool, drops: bool
) -> None:
    """A row that changes gets the newest stamp; it moves behind the pages read, where others slip forward."""
    server = Server(sorts=sorts, filters=filters, drops=drops)
    seen, position, now = Seen(), "", 0
    for name, step in before:
        now += step
        server.put(name, now / 10)
    landed: set[str] = set()
    changes = list(meanwhile)
    for _ in range(8):
        reading = Round(BASE, "Goal", position, seen, page=2)
        address = reading.start()
        while address:
            result = reading.receive(asyncio.run(server.fetch(address)))
            landed |= {record.control_id for record in result.fresh}
            position = result.position or position
            reading.landed()
            if changes:
                name, step = changes.pop(0)
                now += step
                server.put(name, now / 10)
            address = result.next
    assert {f"Goal/{name}/_history/{version}" for name, (version, _) in server.rows.items()} <= landed


def bundle(*links: tuple[str, str], entries: list[dict[str, object]] | None = None) -> Answer:
    listed = [{"relation": relation, "url": url} for relation, url in links]
    return answer(
        {"resourceType": "Bundle", "link": listed, "entry": [{"resource": one} for one in entries or []]}
    )


def test_a_link_that_goes_back_in_time_is_no_continuation() -> None:
    reading = Round(BASE, "Goal", "2026-11-01T00:05:00Z", Seen())
    asked = reading.start()
    later = BASE + "/Goal?_sort=_lastUpdated&page=2"
    rows = [resource("Goal", name, 1, START + timedelta(seconds=at)) for name, at in (("a", 0.1), ("b", 0.2))]
    first = reading.receive(bundle(("self", asked), ("next", later), entries=rows))
    assert (first.next, first.position) == (later, None)
    reading.landed()
    back = [
        resource("Goal", name, 1, START + timedelta(seconds=at)) for name, at in (("c", 0.05), ("a", 0.1))
    ]
    page = reading.receive(bundle(("self", later), ("next", later + "1"), entries=back))
    assert [record.id for record in page.fresh] == ["c"]
    assert (page.next, page.position) == (f"{BASE}/Goal?_count=200", None)


def test_a_server_without_filter_whose_links_are_its_own_is_read_from_its_plain_list() -> None:
    """Asking it again from a later moment gives the first page again, whose link was followed already."""
    rows = [
        resource("Goal", f"g{number:02}", 1, START + timedelta(seconds=number * 40)) for number in range(30)
    ]

    def serve(address: str) -> Answer:
        at = int(address.partition("page=")[2] or 0)
        links = [("self", BASE + "/Goal?_sort=_lastUpdated")]
        if at + 5 < len(rows):
            links.append(("next", f"{BASE}/Goal?_sort=_lastUpdated&page={at + 5}"))
        return bundle(*links, entries=rows[at : at + 5])

    seen, position, found = Seen(), "", list[str]()
    for _ in range(2):
        reading = Round(BASE, "Goal", position, seen)
        address = reading.start()
        while address:
            page = reading.receive(serve(address))
            found += [record.id for record in page.fresh]
            position = page.position or position
            reading.landed()
            address = page.next
    assert sorted(found) == [row["id"] for row in rows]
    assert position == "2026-11-01T00:19:20.000Z"


def test_other_addresses_and_circles_are_not_followed() -> None:
    for url in (
        "https://evil.example/fhir/Goal?p=2",
        "http://portal.example/fhir/Goal",
        "https://portal.example:444/x",
    ):
        reading = Round(BASE, "Goal", "", Seen())
        reading.start()
        with pytest.raises(EnvironmentFault, match="another address"):
            reading.receive(bundle(("next", url)))
    reading = Round(BASE, "Goal", "", Seen())
    start = reading.start()
    with pytest.raises(EnvironmentFault, match="circle"):
        reading.receive(bundle(("next", start)))


def test_the_default_port_is_the_same_origin() -> None:
    reading = Round(BASE, "Goal", "", Seen())
    reading.start()
    assert reading.receive(bundle(("next", "https://portal.example:443/fhir/Goal?p=2"))).next.endswith("p=2")


def test_other_types_are_left_out_and_undated_ones_land() -> None:
    undated: dict[str, object] = {"resourceType": "Goal", "id": "x"}
    page = Round(BASE, "Goal", "", Seen()).receive(
        bundle(entries=[undated, {"resourceType": "Patient", "id": "p"}])
    )
    assert [record.control_id for record in page.fresh] == ["Goal/x/_history/"]
    assert page.position is None


def test_seen_forgets_the_oldest() -> None:
    seen = Seen(most=2)
    records = (
        Round(BASE, "Goal", "", Seen())
        .receive(bundle(entries=[resource("Goal", name, 1, START) for name in "abc"]))
        .fresh
    )
    seen.add(records)
    assert [record.id for record in seen.fresh([*records, *records])] == ["a"]


def test_a_position_that_cannot_be_read_starts_at_the_beginning() -> None:
    assert "_lastUpdated=" not in Round(BASE, "Goal", "rubbish", Seen()).start()
    started = Round(BASE, "Goal", "2026-11-01T00:10:00", Seen(), timedelta(minutes=5)).start()
    assert "_lastUpdated=ge2026-11-01T00%3A05%3A00.000Z" in started


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "PORTAL-TOKEN"), (403, "PORTAL-TOKEN"), (302, "PORTAL-ANSWER"), (500, "PORTAL-ANSWER")],
)
def test_other_statuses_are_faults(status: int, code: str) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        check(answer(b"", status))
    assert fault.value.code == code


def test_html_with_a_good_status_is_a_fault() -> None:
    with pytest.raises(EnvironmentFault, match="not a FHIR bundle"):
        Round(BASE, "Goal", "", Seen()).receive(answer(b"<html>Sign in</html>"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "999999"}, 3600),
        ({"retry_after": "Mon, 23 Nov 2026 09:00:30 GMT", "date": "Mon, 23 Nov 2026 09:00:00 GMT"}, 30),
        ({"retry_after": "Mon, 23 Nov 2026 08:00:00 GMT", "date": "Mon, 23 Nov 2026 09:00:00 GMT"}, 0),
        ({"retry_after": "Mon, 23 Nov 2026 09:00:30 GMT"}, 0),
        ({"retry_after": "soon"}, 0),
        ({}, 0),
    ],
)
def test_a_busy_portal_says_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(answer(b"", 429, **headers)) == seconds
    for status in (429, 503):
        with pytest.raises(Wait) as wait:
            check(answer(b"", status, **headers))
        assert (wait.value.code, wait.value.seconds) == ("PORTAL-BUSY", seconds)
