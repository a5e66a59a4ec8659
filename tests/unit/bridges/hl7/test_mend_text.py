"""A mend stands in the profile's text, and everything else stands there as it did, letter for letter."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.mend_text import mended
from bridges.hl7.profile_reading import parse_profile
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.mending import Concern, ConcernKind, Mend, MendKind
from tests.unit.bridges.hl7.messages import GENERIC_TEXT, held, oru, stated

SHIPPED = {"generic": GENERIC_TEXT}
SIGNED = "chris, 2026-03-02"
HEAD = 'name = "site"\nedition = "1"\nextends = "generic"\n'
OWN = (
    "# The dialect of our EHR.\n"
    + HEAD
    + """
[units] # ours
# "as sent" = "UCUM unit"
"Liter" = "L"   # seen in May

[ignore]
codes = [ # not ours
    "L 9*",
]

# our lung function laboratory
[[measurement]]
key = "fev1_north" # first
system = "L"
code = "LUFU1"
name = "FEV1"
status = "from_memory"
source = "a handbook"
series = "fev1"
unit = "L"
also = ["mL"]
enabled = false

# the end
"""
)
CODE = Concern(ConcernKind.CODE, "L", "PFT100", "Forced volume")
OURS = Concern(ConcernKind.UNCONFIRMED, "L", "LUFU1", "FEV1")
SHIPS = Concern(ConcernKind.UNCONFIRMED, "LOINC", "20149-1", "FEV1 predicted")
UNIT = Concern(ConcernKind.UNIT, "LOINC", "20150-9", "FEV1", "Ltr BTPS")
MEASUREMENT = Mend(MendKind.MEASUREMENT, "fev1", "L", "FEV1")


def after(concern: Concern, mend: Mend, text: str = OWN) -> str:
    new = mended(text, SHIPPED, concern, mend, SIGNED)
    parse_profile(new, SHIPPED)
    return new


def added(new: str, old: str = OWN) -> list[str]:
    """Lines that are new; fails where an old one is gone or moved."""
    rest: Iterator[str] = iter(old.splitlines())
    waiting, fresh = next(rest, None), []
    for line in new.splitlines():
        if line == waiting:
            waiting = next(rest, None)
        else:
            fresh.append(line)
    assert waiting is None
    return fresh


def test_a_code_becomes_a_row_at_the_end() -> None:
    new = after(CODE, MEASUREMENT)
    assert added(new) == [
        "",
        "[[measurement]]",
        'key = "fev1_pft100"',
        'system = "L"',
        'code = "PFT100"',
        'name = "Forced volume"',
        'status = "site"',
        'series = "fev1"',
        'unit = "L"',
        'also = ["mL"]',
        'source = "workbench, chris, 2026-03-02"',
    ]
    result = oru("OBX|1|NM|PFT100^Forced volume^L||2.50|L|||||F|||20240310")
    assert held(result, parse_profile(OWN, SHIPPED))
    (fact,) = stated(result, parse_profile(new, SHIPPED))
    assert fact.code == "fev1"


def test_a_culture_and_a_heading_become_rows() -> None:
    assert "[[culture]]" in added(after(CODE, Mend(MendKind.CULTURE)))
    assert "[[panel]]" in added(after(CODE, Mend(MendKind.PANEL)))
    nameless = after(Concern(ConcernKind.CODE, "", "Q?"), Mend(MendKind.PANEL))
    assert 'name = "Q?"' in added(nameless)
    assert 'key = "panel_q"' in added(nameless)


def test_a_unit_stands_with_the_others_below_what_is_said_of_them() -> None:
    new = after(UNIT, Mend(MendKind.UNIT, "L"))
    assert added(new) == ['"Ltr BTPS" = "L" # chris, 2026-03-02']
    lines = new.splitlines()
    assert lines[lines.index('"Ltr BTPS" = "L" # chris, 2026-03-02') - 1] == '# "as sent" = "UCUM unit"'
    assert stated(
        oru("OBX|1|NM|20150-9^FEV1^LN||2.50|Ltr BTPS|||||F|||20240310"), parse_profile(new, SHIPPED)
    )


def test_where_there_is_no_table_yet_it_is_made_at_the_end() -> None:
    new = after(UNIT, Mend(MendKind.UNIT, "L"), HEAD.rstrip("\n"))
    assert new == HEAD + '\n[units]\n"Ltr BTPS" = "L" # chris, 2026-03-02\n'
    new = after(UNIT, Mend(MendKind.UNIT, "L"), HEAD + "[units]")
    assert new == HEAD + '[units]\n"Ltr BTPS" = "L" # chris, 2026-03-02\n'


def test_a_code_that_does_not_concern_us_joins_the_list() -> None:
    new = after(CODE, Mend(MendKind.IGNORE))
    assert new == OWN.replace("codes = [ # not ours", 'codes = ["L PFT100",  # not ours')
    short = HEAD + '[ignore]\ncodes = [\n"A B"]\n'
    assert after(CODE, Mend(MendKind.IGNORE), short) == short.replace("[\n", '["L PFT100",\n')
    empty = HEAD + "[ignore]\npanels = []\ncodes = []\n"
    assert tomllib.loads(after(CODE, Mend(MendKind.IGNORE), empty))["ignore"]["codes"] == ["L PFT100"]


def test_a_list_that_is_only_inherited_keeps_what_it_held() -> None:
    shipped = {"generic": GENERIC_TEXT.replace('senders = ["*"]', 'senders = ["A|B"]')}
    concern = Concern(ConcernKind.SENDER, sender="LAB|NORTH")
    new = mended(HEAD, shipped, concern, Mend(MendKind.SENDER, "LAB|NORTH"), SIGNED)
    assert tomllib.loads(new)["accept"]["senders"] == ["LAB|NORTH", "A|B"]
    own = HEAD + '[accept]\nsenders = ["C|D"]\n'
    new = mended(own, shipped, concern, Mend(MendKind.SENDER, "LAB|NORTH"), SIGNED)
    assert tomllib.loads(new)["accept"]["senders"] == ["LAB|NORTH", "C|D"]


def test_a_confirmed_row_of_our_own_is_changed_where_it_stands() -> None:
    new = after(OURS, Mend(MendKind.CONFIRM))
    row = tomllib.loads(new)["measurement"][0]
    assert (row["enabled"], row["confirmed"]) == (True, SIGNED)
    assert set(OWN.splitlines()) - set(new.splitlines()) == {"enabled = false"}
    assert "# our lung function laboratory" in new


def test_a_confirmed_row_that_ships_is_copied() -> None:
    new = after(SHIPS, Mend(MendKind.CONFIRM))
    fresh = added(new)
    assert fresh[1] == "# As shipped, changed: chris, 2026-03-02"
    assert 'confirmed = "chris, 2026-03-02"' in fresh
    assert "low = 0.1" in fresh
    row = parse_profile(new, SHIPPED).measurements[("LOINC", "20149-1")]
    assert (row.enabled, row.series, str(row.low)) == (True, "fev1_predicted_reported", "0.1")


def test_one_more_unit_and_the_unit_of_a_bare_number() -> None:
    assert 'also = ["cL", "mL"]' in after(OURS, Mend(MendKind.ALSO, "cL"))
    assert 'blank_unit = "L"' in after(OURS, Mend(MendKind.BLANK_UNIT, "L"))
    fresh = added(after(Concern(ConcernKind.NO_UNIT, "LOINC", "20150-9"), Mend(MendKind.BLANK_UNIT, "L")))
    assert 'blank_unit = "L"' in fresh
    without = OWN.replace('also = ["mL"]\n', "")
    assert 'also = ["cL"]' in after(OURS, Mend(MendKind.ALSO, "cL"), without)


def test_a_second_row_of_our_own_is_the_one_that_is_changed() -> None:
    first = OWN.replace("LUFU1", "LUFU0").replace("fev1_north", "fev1_south")
    both = first + OWN[OWN.index("[[measurement]]") :]
    rows = tomllib.loads(after(OURS, Mend(MendKind.CONFIRM), both))["measurement"]
    assert [row["enabled"] for row in rows] == [False, True]


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    text = "\ufeff" + OWN.replace("\n", "\r\n")
    new = mended(text, SHIPPED, UNIT, Mend(MendKind.UNIT, "L"), SIGNED)
    assert new.startswith("\ufeff#")
    assert new.count("\r\n") == new.count("\n") == text.count("\n") + 1


@pytest.mark.parametrize(
    ("own", "concern", "mend", "lines"),
    [
        ('units = {"Liter" = "L"}', UNIT, Mend(MendKind.UNIT, "L"), '"Ltr BTPS" = "L"'),
        ('ignore.codes = ["A"]', CODE, Mend(MendKind.IGNORE), 'codes = ["L PFT100", "A"]'),
        ("measurement = []", CODE, MEASUREMENT, 'code = "PFT100"'),
    ],
)
def test_what_is_written_in_another_way_is_left_to_the_person(
    own: str, concern: Concern, mend: Mend, lines: str
) -> None:
    with pytest.raises(EnvironmentFault, match="PROFILE-NOT-EDITABLE") as refused:
        mended(HEAD + own + "\n", SHIPPED, concern, mend, SIGNED)
    assert lines in refused.value.mend


def test_a_row_whose_key_runs_over_several_lines_is_left_to_the_person() -> None:
    text = OWN.replace('also = ["mL"]', 'also = ["mL"]\nblank_unit = """\nL"""')
    with pytest.raises(EnvironmentFault, match="PROFILE-NOT-EDITABLE"):
        mended(text, SHIPPED, OURS, Mend(MendKind.BLANK_UNIT, "mL"), SIGNED)


def test_rows_in_one_line_are_left_to_the_person() -> None:
    row = (
        '{key = "a", system = "L", code = "LUFU1", name = "A", status = "site", source = "s", series = "fev1"'
    )
    text = HEAD + f'measurement = [{row}, unit = "L"}}]\n'
    with pytest.raises(EnvironmentFault, match="PROFILE-NOT-EDITABLE"):
        mended(text, SHIPPED, OURS, Mend(MendKind.BLANK_UNIT, "mL"), SIGNED)


def test_a_key_of_the_next_row_is_not_this_rows() -> None:
    text = OWN + OWN[OWN.index("[[measurement]]") :].replace("LUFU1", "LUFU2").replace(
        "enabled", 'blank_unit = "mL"\nenabled'
    )
    rows = tomllib.loads(after(OURS, Mend(MendKind.BLANK_UNIT, "L"), text))["measurement"]
    assert [row["blank_unit"] for row in rows] == ["L", "mL"]


def test_a_row_that_is_gone_meanwhile_changes_nothing() -> None:
    gone = Concern(ConcernKind.UNCONFIRMED, "L", "nowhere", "")
    assert mended(OWN, SHIPPED, gone, Mend(MendKind.CONFIRM), SIGNED) == OWN


ODD = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(ODD, ODD, ODD, st.sampled_from([MEASUREMENT, Mend(MendKind.PANEL), Mend(MendKind.IGNORE)]))
def test_whatever_a_code_looks_like_it_is_written_and_nothing_else_changes(
    system: str, code: str, name: str, mend: Mend
) -> None:
    new = mended(OWN, SHIPPED, Concern(ConcernKind.CODE, system, code, name), mend, SIGNED)
    before, said = tomllib.loads(OWN), tomllib.loads(new)
    if mend.kind is MendKind.IGNORE:
        assert said["ignore"].pop("codes") == [f"{system} {code}", *before["ignore"].pop("codes")]
    else:
        row = said[mend.kind.value].pop()
        assert (row["system"], row["code"], row["name"]) == (system, code, name)
        said = {key: value for key, value in said.items() if value}
    assert said == before


@given(ODD)
def test_whatever_a_unit_looks_like_it_is_written(unit: str) -> None:
    concern = Concern(ConcernKind.UNIT, "L", "A", "", unit)
    new = mended(OWN, SHIPPED, concern, Mend(MendKind.UNIT, "L"), SIGNED)
    assert tomllib.loads(new)["units"][unit] == "L"
