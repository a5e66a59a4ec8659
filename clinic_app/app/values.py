"""Reads the values that commands take as words; what cannot be read is wrong use."""

import argparse
import re
from datetime import UTC, date, datetime
from pathlib import Path

_DATE_LETTERS = 10
_MOST = 2**31 - 1
_YEARS = range(1900, 2200)
_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def read_time(text: str) -> datetime:
    """An ISO 8601 date or time; without zone it is UTC, without time it is noon (so "today" is that day)."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T09:00") from error
    if when.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is not within {_YEARS[0]} to {_YEARS[-1]}")
    if len(text) <= _DATE_LETTERS:
        when = when.replace(hour=12)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def read_day(text: str) -> date:
    """A calendar day, as ``2026-11-23``."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-23") from error
    if day.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is not within {_YEARS[0]} to {_YEARS[-1]}")
    return day


def read_folder(text: str) -> Path:
    """A folder. An empty word is none: a variable of a script may have been forgotten."""
    if not text:
        raise argparse.ArgumentTypeError("no folder is named")
    return read_file(text)


def read_file(text: str) -> Path:
    """A file, made absolute."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(f"{text!r} names an account that does not exist") from error


def read_port(text: str) -> int:
    """A TCP port, 0 for any free one."""
    port = read_count(text, least=0)
    if port > 65535:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return port


def read_count(text: str, least: int = 1) -> int:
    """A whole number, decimal digits alone; one that no list or inbox can reach counts as the greatest."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    number = _MOST if len(text.lstrip("0")) > len(str(_MOST)) else min(int(text), _MOST)
    if number < least:
        raise argparse.ArgumentTypeError(f"the number must be at least {least}")
    return number


def read_size(text: str) -> tuple[int, int]:
    """``1920x1080`` as two numbers, each 320–7680."""
    width, _, height = text.lower().partition("x")
    size = read_count(width, 0), read_count(height, 0)
    if not all(320 <= length <= 7680 for length in size):
        raise argparse.ArgumentTypeError("each side must be 320 to 7680, as in 1920x1080")
    return size


def read_portal_id(text: str) -> str:
    """The id of a FHIR resource; ``Patient/`` before it is left out."""
    found = text.removeprefix("Patient/")
    if not _FHIR_ID.fullmatch(found):
        raise argparse.ArgumentTypeError(f"{text!r} is not the id of a portal's Patient resource")
    return found


def read_name(text: str) -> str:
    """A name as the settings file holds it: one line, not empty."""
    if not text or len(text) > 200 or not text.isprintable():
        raise argparse.ArgumentTypeError("a name is a text of 1 to 200 characters in one line")
    return text
