"""What commands write: JSON for machines, columns for people, nothing that steers a terminal."""

import io
import json
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.app.output import plain, print_json, print_table


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_json_survives_every_encoding(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    with redirect_stdout(stream):
        print_json({"name": "Łęcka, Zoë"})
    stream.flush()
    assert json.loads(raw.getvalue().decode(encoding)) == {"name": "Łęcka, Zoë"}
    assert ("Łęcka".encode() in raw.getvalue()) == (encoding == "utf-8")


def test_what_is_no_number_is_never_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        print_json({"value": float("nan")})


def test_columns_are_aligned_and_short_rows_end_early(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"id": 7, "why": ""}, {"id": 12345, "why": "a\tb"}], ("id", "why"))
    assert capsys.readouterr().out == "id     why\n7\n12345  a\\tb\n"


def test_an_empty_table_has_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([], ("id", "why"))
    assert capsys.readouterr().out == "id  why\n"


@given(st.text(st.characters()))
def test_plain_text_is_printable_and_visible_text_stays(text: str) -> None:
    assert plain(text).isprintable()
    assert not text.isprintable() or plain(text) == text
