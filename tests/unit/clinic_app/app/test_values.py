"""Values that commands take as words."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.app.values import (
    read_count,
    read_day,
    read_file,
    read_folder,
    read_name,
    read_port,
    read_portal_id,
    read_size,
    read_time,
)


def test_what_is_meant_is_read() -> None:
    assert read_size("1920x1080") == read_size("1920X1080") == (1920, 1080)
    assert (read_port("0"), read_port("65535")) == (0, 65535)
    assert (read_count("1"), read_count("007")) == (1, 7)
    assert read_count("9" * 5000) == read_count(str(2**31)) == 2**31 - 1
    assert read_portal_id("Patient/a-1.b") == read_portal_id("a-1.b") == "a-1.b"
    assert read_folder("x") == read_file("x") == Path.cwd() / "x"
    assert read_file("~") == Path.home()
    assert read_day("2026-11-23") == date(2026, 11, 23)
    assert read_name("Zoë's clinic") == "Zoë's clinic"


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_day, "23/11/2026"),
        (read_day, "0926-11-23"),
        (read_size, "1920"),
        (read_size, "x"),
        (read_size, "319x1080"),
        (read_size, "1920x7681"),
        (read_size, "1920x1080x3"),
        (read_size, "²x²"),
        (read_size, "-1x-1"),
        (read_port, "65536"),
        (read_port, ""),
        (read_port, "80 "),
        (read_count, "0"),
        (read_count, "1.5"),
        (read_count, "1_000"),
        (read_portal_id, ""),
        (read_folder, ""),
        (read_file, "~nobody-has-this-name/x"),
        (read_name, ""),
        (read_name, "a\nb"),
        (read_time, "1899-12-31"),
        (read_time, "2200-01-01"),
        (read_time, "2026-13-01"),
    ],
)
def test_what_is_not_is_wrong_use(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        read(text)


@given(st.text())
@pytest.mark.parametrize(
    "read", [read_size, read_port, read_count, read_portal_id, read_folder, read_file, read_name, read_time]
)
def test_no_word_gives_any_other_error(read: Callable[[str], object], text: str) -> None:
    try:
        read(text)
    except ArgumentTypeError as error:
        assert str(error)  # noqa: PT017 - either outcome is good


@given(st.datetimes())
def test_times_have_a_zone(when: object) -> None:
    try:
        assert read_time(str(when)).tzinfo is not None
    except ArgumentTypeError:
        assert str(when)[:4] < "1900" or str(when)[:4] > "2199"
