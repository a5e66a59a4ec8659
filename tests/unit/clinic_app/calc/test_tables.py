"""Reading numeric tables."""

import pytest

from clinic_app.calc.tables import read_columns


def test_columns_by_name() -> None:
    columns = read_columns("age,m\n1,2.5\n2,3.5\n")
    assert list(columns) == ["age", "m"]
    assert columns["m"].tolist() == [2.5, 3.5]


def test_columns_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_columns("age,m\n1,2\n")["m"][0] = 9


@pytest.mark.parametrize(
    "text",
    [
        "age,m\n1\n2\n",
        "age,m\n1,2\n2\n",
        "age,m\n1,x\n",
        "age,m\n1,nan\n",
        "age,m\n2,1\n1,1\n",
        "age,m\n1,1\n1,2\n",
    ],
)
def test_an_unfit_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_columns(text)
