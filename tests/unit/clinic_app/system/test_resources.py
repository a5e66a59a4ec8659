"""Shipped data are read, and a broken file is named."""

from pathlib import Path

import pytest

from clinic_app.model.errors import ProgramFault
from clinic_app.system.resources import Resources


@pytest.fixture
def shipped(tmp_path: Path) -> Resources:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "good.csv").write_bytes('a,b\r\n1,ñ\r\n\r\n"x,y",2\r\n'.encode())
    (folder / "good.toml").write_text('a = "1"\n')
    (folder / "good.json").write_text("[1]")
    return Resources(tmp_path)


def broken(shipped: Resources, name: str, data: bytes) -> str:
    Path(str(shipped.at(name))).write_bytes(data)
    return name


def test_each_kind(shipped: Resources) -> None:
    assert shipped.rows("tables/good.csv", ("b", "a")) == [{"a": "1", "b": "ñ"}, {"a": "x,y", "b": "2"}]
    assert shipped.toml("tables/good.toml") == {"a": "1"}
    assert shipped.json("tables/good.json") == [1]
    assert shipped.data("tables/good.json") == b"[1]"
    assert shipped.text("tables/good.csv").count("\r") == 0


def test_names(shipped: Resources) -> None:
    assert shipped.names("tables") == ("good.csv", "good.json", "good.toml")
    assert shipped.names("none") == ()
    assert shipped.names("") == ()


def test_the_installed_package_is_the_default() -> None:
    assert "commonground.toml" in Resources().names("settings")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.csv", b"", "is not CSV"),
        ("a.csv", b'a\n"x', "is not CSV"),
        ("a.csv", b"b\n1", "lacks the column a"),
        ("a.csv", b"a,b\n1", "has a row with too few or too many"),
        ("a.csv", b"a\n\xff", "is not UTF-8"),
    ],
)
def test_broken_rows(shipped: Resources, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(ProgramFault, match=f"RESOURCE-BROKEN.*resources/a.csv {reason}"):
        shipped.rows(broken(shipped, name, data), ("a",))


def test_other_broken_files(shipped: Resources) -> None:
    with pytest.raises(ProgramFault, match="is not TOML"):
        shipped.toml(broken(shipped, "a.toml", b"a ="))
    with pytest.raises(ProgramFault, match="is not JSON"):
        shipped.json(broken(shipped, "a.json", b"NaN"))
    with pytest.raises(ProgramFault, match="is not there"):
        shipped.data("none")
