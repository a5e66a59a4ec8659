"""Resources laid out for reading."""

from bridges.fhir.lay_out import lay_out
from clinic_app.model.entries import Finding

RESOURCE = (
    b'{"resourceType": "Observation", "valueQuantity": {"value": 51.50, "unit": "kg"},'
    b' "code": {"coding": [{"code": "1"}, {"code": "2"}]}, "ok": true, "no": null, "no": "again", "e": {}}'
)


def test_every_value_stands_at_its_path_as_it_was_sent() -> None:
    out = lay_out(RESOURCE, (Finding("A", "b"),))
    assert [(value.place, value.text) for value in out.values()] == [
        ("resourceType", "Observation"),
        ("valueQuantity.value", "51.50"),
        ("valueQuantity.unit", "kg"),
        ("code.coding[0].code", "1"),
        ("code.coding[1].code", "2"),
        ("ok", "true"),
        ("no", "null"),
        ("no", "again"),
    ]
    assert out.segments[0].title == "Observation"
    assert out.remarks == (Finding("A", "b"),)


def test_what_is_no_json_is_shown_as_text() -> None:
    for raw, text in ((b"{oops \xff", "{oops \\xff"), (b"[" * 100_000, "[" * 100_000)):
        out = lay_out(raw)
        assert [value.text for value in out.values()] == [text]
        assert out.segments[0].title == ""


def test_what_is_no_object_is_one_value() -> None:
    assert [(value.place, value.text) for value in lay_out(b"[1, 2]").values()] == [
        ("value[0]", "1"),
        ("value[1]", "2"),
    ]
