from datetime import UTC, datetime, timedelta

import pytest

from bridges.portal.store.resources import Query, VersionConflict, patient_id, stamp_of
from tests.unit.bridges.portal.house import House, body

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


def test_create_read_update_history(house: House) -> None:
    store = house.store.resources
    made = store.create("Goal", {"id": "mine", "meta": {"tag": [], "versionId": "9"}, "a": 1}, NOW)
    assert made.body == (
        b'{"resourceType":"Goal","id":"' + made.id.encode() + b'","meta":{"tag":[],"versionId":"1",'
        b'"lastUpdated":"2026-11-23T09:00:00.123Z"},"a":1}'
    )
    changed, new = store.update("Goal", made.id, {"a": 2}, NOW, 1)
    assert (changed.version, new, store.read("Goal", made.id)) == (2, False, changed)
    assert store.history("Goal", made.id) == [changed, made]
    assert store.version("Goal", made.id, 1) == made
    assert (store.version("Goal", made.id, 3), store.read("Goal", "none")) == (None, None)
    with pytest.raises(VersionConflict):
        store.update("Goal", made.id, {}, NOW, 1)
    with pytest.raises(VersionConflict):
        store.update("Goal", "none", {}, NOW, 1)
    first, new = store.update("Goal", "given", {}, NOW)
    assert (first.version, new) == (1, True)


def test_stamps_only_rise_even_when_the_clock_goes_back(house: House) -> None:
    store = house.store.resources
    stamps = [store.create("Goal", {}, NOW - timedelta(days=days)).updated for days in (0, 0, 9)]
    assert stamps == ["2026-11-23T09:00:00.123Z", "2026-11-23T09:00:00.124Z", "2026-11-23T09:00:00.125Z"]


def test_pages_miss_nothing_and_repeat_nothing_while_rows_change(house: House) -> None:
    store = house.store.resources
    ids = [store.create("Goal", {}, NOW).id for _ in range(7)]
    seen: list[str] = []
    after = ""
    for step in range(9):
        page = store.search(Query("Goal", count=2, after=after))
        seen += [record.id for record in page.records]
        if step == 1:
            store.update("Goal", ids[0], {}, NOW)
        if not page.more:
            break
        after = page.records[-1].updated
    assert seen == [*ids, ids[0]]


def test_search_conditions(house: House) -> None:
    store = house.store.resources
    goals = [store.create("Goal", {"subject": {"reference": f"Patient/p{n % 2}"}}, NOW) for n in range(4)]
    stamps = [goal.updated for goal in goals]

    def found(query: Query) -> list[int]:
        return [goals.index(record) for record in store.search(query).records]

    assert found(Query("Goal", patients=("p0", "x"))) == [0, 2]
    assert found(Query("Goal", ids=(goals[3].id,))) == [3]
    assert found(Query("Goal", since=stamps[1], until=stamps[3])) == [1, 2]
    assert found(Query("Goal", outside=((stamps[1], stamps[3]),))) == [0, 3]
    assert found(Query("Goal", descending=True, after=stamps[2])) == [1, 0]
    assert store.search(Query("Goal", count=1)).total == 4
    assert store.search(Query("Observation")).total == 0
    latest = store.latest_of("Goal", "p1")
    assert (latest, store.latest_of("Goal", "none")) == (goals[3], None)


def test_identifiers_follow_the_patient(house: House) -> None:
    store = house.store.resources
    patient = store.create(
        "Patient", {"identifier": [{"system": "s", "value": "1"}, {"value": "2"}, 3, {}]}, NOW
    )

    def ids(*wanted: tuple[str | None, str]) -> list[str]:
        return [record.id for record in store.search(Query("Patient", identifiers=wanted)).records]

    assert (
        ids((None, "1")) == ids(("s", "1")) == ids(("", "2")) == ids(("x", "1"), (None, "2")) == [patient.id]
    )
    assert ids(("x", "1")) == []
    store.update("Patient", patient.id, {"identifier": "odd"}, NOW)
    assert ids((None, "1")) == []


@pytest.mark.parametrize(
    ("resource", "patient"),
    [
        ({"subject": {"reference": "Patient/p1"}}, "p1"),
        ({"patient": {"reference": "https://x/fhir/Patient/p1/_history/2"}}, "p1"),
        ({"subject": {"reference": "Group/g"}, "patient": {"reference": "Patient/p2"}}, "p2"),
        ({"subject": "Patient/p1"}, ""),
        ({"resourceType": "Patient", "subject": {"reference": "Patient/p1"}}, ""),
        ({"subject": {"reference": 7}}, ""),
    ],
)
def test_whose_a_resource_is(resource: dict[str, object], patient: str) -> None:
    assert patient_id(resource) == patient


def test_stamps_are_utc_to_the_millisecond(house: House) -> None:
    assert stamp_of(datetime.fromisoformat("2026-11-23T10:00:00.999999+01:00")) == "2026-11-23T09:00:00.999Z"
    assert body(house.fhir("GET", "Goal"))["total"] == 0
