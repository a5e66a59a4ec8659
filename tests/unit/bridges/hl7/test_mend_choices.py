"""What can be chosen to mend a hold: everything the profile has a name for, what fits first."""

from bridges.hl7.mend_choices import choices, row_for, rows_of
from clinic_app.model.mending import NOTHING, Concern, ConcernKind, Mend, MendKind
from clinic_app.model.units import Kept
from tests.unit.bridges.hl7.messages import GENERIC_TEXT

SHIPPED = {"generic": GENERIC_TEXT}
OWN = 'name = "site"\nedition = "1"\nextends = "generic"\n'
FEV1 = Concern(ConcernKind.UNIT, "LOINC", "20150-9", "FEV1", "Ltr")


def offered(concern: Concern, text: str = OWN) -> tuple[Mend, ...]:
    kept: dict[str, Kept] = {}
    return choices(concern, text, SHIPPED, kept)


def test_a_code_may_be_any_series_a_culture_a_heading_or_none_of_our_concern() -> None:
    mends = offered(Concern(ConcernKind.CODE, "L", "PFT100", "Volume"))
    assert mends[0] == Mend(MendKind.MEASUREMENT, "fev1", "L", "FEV1")
    assert [one.kind for one in mends[-3:]] == [MendKind.CULTURE, MendKind.PANEL, MendKind.IGNORE]
    series = [(one.target, one.unit) for one in mends[:-3]]
    assert len(series) == len(set(series))
    assert ("weight", "kg") in series
    assert not any(one.fits for one in mends)


def test_an_own_row_gives_its_series_its_name() -> None:
    row = '[[measurement]]\nkey = "x"\nsystem = "L"\ncode = "Q"\nname = "Our lung"\nstatus = "site"\n'
    mends = offered(
        Concern(ConcernKind.CODE, "L", "P", ""), OWN + row + 'source = "t"\nseries = "fev1"\nunit = "L"\n'
    )
    assert mends[0].name == "Our lung"


def test_what_would_be_a_wildcard_cannot_be_passed_over_or_taken() -> None:
    assert MendKind.IGNORE not in {one.kind for one in offered(Concern(ConcernKind.CODE, "L", "A*", ""))}
    assert offered(Concern(ConcernKind.SENDER, sender="*|NORTH")) == ()
    assert offered(Concern(ConcernKind.SENDER, sender="LAB|NORTH")) == (
        Mend(MendKind.SENDER, "LAB|NORTH", fits=True),
    )


def test_units_that_the_result_takes_stand_first() -> None:
    mends = offered(FEV1)
    assert [(one.target, one.fits) for one in mends[:3]] == [
        ("L", True),
        ("mL", True),
        (mends[2].target, False),
    ]
    rest = [one.target for one in mends[2:]]
    assert rest == sorted(rest)
    assert "kg" in rest
    assert not {"L", "mL"} & set(rest)
    unknown = offered(Concern(ConcernKind.UNIT, "L", "NEW", "", "Ltr"))
    assert not any(one.fits for one in unknown)


def test_a_unit_of_another_quantity_is_not_offered() -> None:
    def others(unit: str) -> tuple[Mend, ...]:
        return offered(Concern(ConcernKind.OTHER_UNIT, "LOINC", "20150-9", "FEV1", unit))

    assert others("cL") == (Mend(MendKind.ALSO, "cL", name="FEV1", fits=True),)
    assert others("[lb_av]") == ()


def test_a_bare_number_may_have_a_unit_of_its_row() -> None:
    mends = offered(Concern(ConcernKind.NO_UNIT, "LOINC", "20150-9", "FEV1"))
    assert [(one.kind, one.target, one.name) for one in mends] == [
        (MendKind.BLANK_UNIT, "L", "FEV1"),
        (MendKind.BLANK_UNIT, "mL", "FEV1"),
    ]


def test_a_code_from_memory_can_be_confirmed_measurement_or_culture() -> None:
    found = offered(Concern(ConcernKind.UNCONFIRMED, "LOINC", "20149-1", "x"))
    assert found == (Mend(MendKind.CONFIRM, name="FEV1 predicted", fits=True),)
    unsure = [row for row in rows_of(OWN, SHIPPED, "culture") if row.get("enabled") is False]
    culture = unsure[0]
    found = offered(Concern(ConcernKind.UNCONFIRMED, culture["system"], culture["code"], "x"))
    assert found == (Mend(MendKind.CONFIRM, name=culture["name"], fits=True),)
    assert offered(Concern(ConcernKind.UNCONFIRMED, "L", "nowhere", "")) == ()


def test_nothing_is_offered_where_nothing_can_be_chosen() -> None:
    assert offered(NOTHING) == ()
    for kind in (ConcernKind.NO_UNIT, ConcernKind.OTHER_UNIT):
        assert offered(Concern(kind, "L", "nowhere", "", "cL")) == ()


def test_the_own_row_of_a_code_comes_first() -> None:
    rows = [
        {"system": "L", "code": "A", "name": "own"},
        {"system": "L", "code": "A", "name": "shipped"},
        {"system": "L", "name": "without"},
    ]
    assert row_for(rows, Concern(ConcernKind.CODE, "L", "A")) == rows[0]
    assert row_for(rows, Concern(ConcernKind.CODE, "L", "B")) is None
