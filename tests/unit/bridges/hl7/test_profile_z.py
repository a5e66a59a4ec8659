"""Rows that say what a sender's own segments mean."""

import pytest

from bridges.hl7.profile import Place, ZRow
from clinic_app.model.errors import EnvironmentFault
from tests.unit.bridges.hl7.messages import site

ROW = """
[[z_segment]]
key = "zpf"
segment = "{segment}"
becomes = "{becomes}"
when = {{ {when} }}
[z_segment.fields]
"OBX-3.1" = "=FEV1"
{field}
"""


def text(
    segment: str = "ZPF",
    becomes: str = "OBX",
    when: str = '"ZPF-1" = "FEV1"',
    field: str = '"OBX-5" = "ZPF-3.2.1"',
) -> str:
    return ROW.format(segment=segment, becomes=becomes, when=when, field=field)


def test_a_row() -> None:
    fields: dict[Place, Place | str] = {(3, 1, 0): "FEV1", (5, 0, 0): (3, 2, 1)}
    assert site(text()).z_rows == (ZRow("zpf", "ZPF", "OBX", (((1, 0, 0), "FEV1"),), fields),)
    assert site("").z_rows == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            text(segment="PID"),
            "line 7, z_segment[1].segment: 'PID' is not the name of a sender's own segment",
        ),
        (text(becomes="PID"), "line 8, z_segment[1].becomes: must be one of OBX, DG1, PRB, AL1, IAM"),
        (text(when='"ZPX-1" = "a"'), "line 9, z_segment[1].when: 'ZPX-1' is not a place such as ZPF-3 "),
        (text(field='"OBX-6" = "=L"'), "z_segment[1].fields: OBX-5 is missing"),
        (text(field='"OBX-5" = "3"'), "z_segment[1].OBX-5: '3' is not a place such as ZPF-3 "),
        (text(field='"OBX-0" = "ZPF-3"'), "z_segment[1].OBX-0: 'OBX-0' is not a place such as OBX-3 "),
        (text(field='"OBX-5" = 3'), "z_segment[1].fields: must be pairs of texts"),
        ("[[z_segment]]\nkey = 'k'\n", "z_segment[1]: segment is missing"),
    ],
)
def test_faults_are_named(changed: str, reason: str) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        site(changed)
    assert reason in caught.value.what
