"""Concerns and mends are values: equal where they say the same."""

from clinic_app.model.mending import NOTHING, Concern, ConcernKind, Mend, MendKind


def test_a_concern_names_no_more_than_it_was_given() -> None:
    code = Concern(ConcernKind.CODE, system="L", code="X1")
    assert (code.name, code.unit, code.sender) == ("", "", "")
    assert code == Concern(ConcernKind.CODE, "L", "X1")
    assert NOTHING.kind is ConcernKind.OTHER and code != NOTHING


def test_a_mend_says_what_is_written() -> None:
    assert Mend(MendKind.UNIT, "L") != Mend(MendKind.ALSO, "L")
    assert not Mend(MendKind.IGNORE).fits
