"""Reads the data that ships with the program: CSV, TOML, JSON and text under ``resources/``.

A file that is missing or malformed here is our own mistake, so every error is a ProgramFault RESOURCE-BROKEN.
"""

import csv
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from clinic_app.model.errors import ProgramFault
from clinic_app.system import strict_json


class Resources:
    """The folder of shipped data; another root can be given."""

    def __init__(self, root: Traversable | None = None) -> None:
        """Without a root, the installed ``resources`` package."""
        self._root = root if root is not None else files("resources")

    def at(self, name: str) -> Traversable:
        """The place of a resource such as ``reference/cdc_bmi/source.toml``; it need not exist."""
        return self._root.joinpath(*name.split("/"))

    def names(self, folder: str) -> tuple[str, ...]:
        """Names of the files in a folder, sorted; empty where there is none."""
        place = self.at(folder)
        return (
            tuple(sorted(entry.name for entry in place.iterdir() if entry.is_file()))
            if place.is_dir()
            else ()
        )

    def data(self, name: str) -> bytes:
        """The bytes of a resource."""
        try:
            return self.at(name).read_bytes()
        except OSError as error:
            raise _broken(name, "is not there") from error

    def text(self, name: str) -> str:
        """A resource as UTF-8 text, line ends as LF."""
        try:
            return self.data(name).decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise _broken(name, "is not UTF-8") from error

    def toml(self, name: str) -> dict[str, object]:
        """A TOML resource."""
        try:
            return tomllib.loads(self.text(name))
        except tomllib.TOMLDecodeError as error:
            raise _broken(name, f"is not TOML: {error}") from error

    def json(self, name: str) -> object:
        """A JSON resource, read strictly."""
        try:
            return strict_json.loads(self.text(name))
        except ValueError as error:
            raise _broken(name, f"is not JSON: {error}") from error

    def rows(self, name: str, columns: Sequence[str] = ()) -> list[dict[str, str]]:
        """Rows of a CSV resource by the names in its first line; these columns must be there."""
        lines = csv.reader(self.text(name).splitlines(), strict=True)
        try:
            header, *rows = [line for line in lines if line]
        except (csv.Error, ValueError) as error:
            raise _broken(name, "is not CSV") from error
        missing = [column for column in columns if column not in header]
        if missing:
            raise _broken(name, f"lacks the column {missing[0]}")
        if any(len(row) != len(header) for row in rows):
            raise _broken(name, "has a row with too few or too many cells")
        return [dict(zip(header, row, strict=True)) for row in rows]


def _broken(name: str, reason: str) -> ProgramFault:
    return ProgramFault(
        "RESOURCE-BROKEN",
        f"the shipped file resources/{name} {reason}",
        "Install Common Ground again; if that does not help, report it.",
    )
