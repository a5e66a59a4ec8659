"""The list of a clinic's people: one number a line, ``AUTHORITY|NUMBER`` or the number alone.

Blank lines and what follows ``#`` count for nothing. The file is read again when it changes. A list that
cannot be read, or holds nobody where no rule stands beside it, stops the worker, which then takes nobody for
a stranger: what is received waits.
"""

from collections.abc import Callable
from pathlib import Path

from bridges.hl7.profile import RosterRules
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.identity import Identifier
from clinic_app.model.roster import Name, Roster

_LONGEST = 200


class RosterFile:
    """Gives the roster as it is now; the same object while the file is the same."""

    def __init__(self, folder: Path, rules: Callable[[], RosterRules | None]) -> None:
        """``folder``: where a relative name starts. ``rules``: those of the profile in use."""
        self._folder = folder
        self._rules = rules
        self._seen: tuple[Path, int, int] | None = None
        self._roster: Roster | None = None
        self._only_rules = Roster()  # of those seen last

    def __call__(self) -> Roster | None:
        """The roster; None where the profile keeps none. Raises EnvironmentFault ROSTER-UNREADABLE,
        ROSTER-INVALID, ROSTER-EMPTY.
        """
        rules = self._rules()
        if rules is None:
            return None
        if not rules.file:
            if self._only_rules.rules != rules:
                self._only_rules = Roster((), rules)
            return self._only_rules
        path = self._folder / rules.file
        try:
            found = path.stat()
            stamp = (path, found.st_mtime_ns, found.st_size)
            if stamp != self._seen or self._roster is None or self._roster.rules != rules:
                self._roster = roster_from(path.read_bytes().decode("utf-8-sig"), rules)
                self._seen = stamp
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault(
                "ROSTER-UNREADABLE",
                f"the roster {path} cannot be read as UTF-8 text, so nobody can be told from a stranger",
                "Restore the file, or correct roster.file in the profile; what is received waits.",
            ) from error
        if not self._roster.names and not rules.any:
            raise EnvironmentFault(
                "ROSTER-EMPTY",
                f"the roster {path} names nobody, and everybody's messages would be erased",
                "Fill it, or take [roster] out of the profile; what is received waits.",
            )
        return self._roster


def roster_from(text: str, rules: RosterRules | None = None) -> Roster:
    """The roster written in a text; raises EnvironmentFault ROSTER-INVALID with the line."""
    listed: list[Identifier | Name] = []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        authority, bar, value = said.rpartition("|")
        authority, value = authority.strip(), value.strip()
        good = value and "|" not in authority and bool(authority) == bool(bar) and said.isprintable()
        if not good or len(said) > _LONGEST:
            raise EnvironmentFault(
                "ROSTER-INVALID",
                f"line {number} of the roster is neither AUTHORITY|NUMBER nor a number",
                "Correct that line; what is received waits.",
            )
        listed.append(Identifier(authority, value) if authority else Name.of("", value))
    return Roster(listed, rules)
