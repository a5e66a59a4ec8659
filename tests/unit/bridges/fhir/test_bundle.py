import pytest

from bridges.fhir.bundle import read_bundle
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.moment import Moment

RAW = (
    b'{ "resourceType" : "Goal", "id":"g1","x":1.0,  '
    b'"meta":{"versionId":"2","lastUpdated":"2026-11-22T18:30:15.25Z"} }'
)


def bundle(*entries: bytes, links: bytes = b"[]") -> bytes:
    return b'{"resourceType":"Bundle","link":' + links + b',"entry":[' + b",".join(entries) + b"]}"


def test_a_resource_is_cut_out_byte_for_byte() -> None:
    (record,) = read_bundle(
        bundle(b'{"fullUrl":"x", "resource": ' + RAW + b',"search":{"mode":"match"}}')
    ).records
    assert record.raw == RAW
    assert (record.type, record.id, record.version) == ("Goal", "g1", "2")
    assert record.updated == Moment("2026-11-22T18:30:15.25Z")
    assert record.control_id == "Goal/g1/_history/2"


def test_links() -> None:
    links = b'[{"relation":"self","url":"s"},{"relation":"next","url":"n"}]'
    found = read_bundle(bundle(links=links))
    assert (found.self, found.next, list(found.records)) == ("s", "n", [])
    assert read_bundle(b'{"resourceType":"Bundle"}').next == ""


def test_included_and_missing_resources_are_left_out() -> None:
    found = read_bundle(
        bundle(
            b'{"resource":{},"search":{"mode":"include"}}',
            b'{"search":{"mode":"outcome"}}',
            b"{}",
            b'{"resource":{}}',
        )
    )
    assert [record.raw for record in found.records] == [b"{}"]


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        (b'{"resourceType":"Goal","id":"g"}', "Goal/g/_history/"),
        (b'{"resourceType":3,"id":[],"meta":{"lastUpdated":"today"}}', "//_history/"),
        (b'{"meta":{"lastUpdated":"2026-11-22"}}', "//_history/2026-11-22"),
        (b'{"meta":7}', "//_history/"),
        (b'"text"', "//_history/"),
    ],
)
def test_a_strange_resource_is_kept_without_a_name(raw: bytes, control: str) -> None:
    (record,) = read_bundle(bundle(b'{"resource":' + raw + b"}")).records
    assert (record.raw, record.control_id) == (raw, control)


def test_equal_bytes_have_equal_digests() -> None:
    one, two, three = read_bundle(
        bundle(b'{"resource":' + RAW + b"}", b'{"resource":' + RAW + b"}", b'{"resource":' + RAW[:-2] + b"}}")
    ).records
    assert one.digest == two.digest != three.digest


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html>",
        b"[]",
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Bundle","entry":3}',
        b"\xff",
        b'{"resourceType":' + b"[" * 100_000,
    ],
)
def test_anything_else_is_a_fault(body: bytes) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        read_bundle(body)
    assert fault.value.code == "PORTAL-ANSWER"
