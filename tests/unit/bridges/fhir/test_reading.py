from decimal import Decimal

import pytest

from bridges.fhir.reading import Spot, Unreadable, sortable
from clinic_app.model.moment import Moment

ROOT = Spot({"a": {"b": [1, "x"]}, "t": "words", "n": Decimal("2.40"), "yes": True}, "Thing")


def test_what_is_missing_is_empty_all_the_way_down() -> None:
    spot = ROOT.at("none").at("deeper")
    assert (spot.present, spot.path, spot.text(), spot.moment()) == (False, "Thing.none.deeper", "", None)
    assert list(spot.each("more")) == []
    assert ROOT.first("none") == Spot(None, "Thing.none[0]")


def test_paths_name_the_place() -> None:
    assert [spot.path for spot in ROOT.at("a").each("b")] == ["Thing.a.b[0]", "Thing.a.b[1]"]
    assert ROOT.at("a").first("b").value == 1
    assert ROOT.at("n").number() == Decimal("2.40")
    assert ROOT.at("t").present


@pytest.mark.parametrize(
    ("spot", "read"),
    [
        (ROOT.at("t"), lambda spot: spot.at("x")),
        (ROOT, lambda spot: list(spot.each("t"))),
        (ROOT.at("n"), lambda spot: spot.text()),
        (ROOT.at("t"), lambda spot: spot.number()),
        (ROOT.at("yes"), lambda spot: spot.number()),
        (ROOT.at("none"), lambda spot: spot.number()),
        (ROOT.at("t"), lambda spot: spot.moment()),
        (Spot(Decimal("1E+999999999"), "x"), lambda spot: spot.number()),
        (Spot(Decimal("0E-999999999"), "x"), lambda spot: spot.number()),
        (Spot(10**30, "x"), lambda spot: spot.number()),
    ],
)
def test_other_shapes_are_named_never_guessed(spot: Spot, read: object) -> None:
    assert callable(read)
    with pytest.raises(Unreadable) as problem:
        read(spot)
    assert problem.value.code == "UNREADABLE-VALUE"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026", "2026"),
        ("2026-11-22T18:30:15.1234567Z", "2026-11-22T18:30:15.123456Z"),
        ("2026-11-22T18:30:15.5+01:00", "2026-11-22T18:30:15.5+01:00"),
    ],
)
def test_times_keep_their_precision_to_the_microsecond(sent: str, kept: str) -> None:
    assert Spot(sent, "x").moment() == Moment(kept)


def test_sortable_times_are_in_utc() -> None:
    assert sortable(None) == ""
    assert sortable(Moment("2026-11-22T00:30:00+01:00")) == "2026-11-21T23:30:00.000000Z"
