"""One workstation's session: who is open, what may be drawn of them, and which late answers are dropped."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.picture.types import Picture
from clinic_app.viewmodels.live import merge_live
from clinic_app.viewmodels.news import NewsLine, news_between

if TYPE_CHECKING:
    from clinic_app.services.open_patient import OpenedPatient


@dataclass(frozen=True, slots=True)
class Visit:
    """The open person.

    Attributes:
        token: of this opening.
        opened: as last read.
        shown: what the shared screen draws: as opened, with live values since.
        begun: the picture that news are told against.
        hidden: series whose cards were hidden.
    """

    token: int
    opened: "OpenedPatient"
    shown: Picture
    begun: Picture
    hidden: frozenset[str] = frozenset()


class Session:
    """Keeps the token, the open visit, and per person which cards were hidden."""

    def __init__(self) -> None:
        self.token = 0
        self.visit: Visit | None = None
        self._hidden: dict[Identifier, frozenset[str]] = {}

    def begin(self) -> int:
        """Leave the former person at once; the new token makes every answer for them late."""
        self.token += 1
        self.visit = None
        return self.token

    def opened(self, token: int, opened: "OpenedPatient") -> Visit | None:
        """A person was read. None where somebody else was asked for meanwhile."""
        if token != self.token:
            return None
        hidden = self._hidden.get(opened.identifier, frozenset())
        self.visit = Visit(token, opened, opened.picture, opened.picture, hidden)
        return self.visit

    def refreshed(self, token: int, opened: "OpenedPatient") -> Visit | None:
        """The open person was read again: live values are shown, the rest waits. None where it came too
        late.
        """
        visit = self.visit
        if visit is None or token != self.token:
            return None
        self.visit = replace(visit, opened=opened, shown=merge_live(visit.shown, opened.picture))
        return self.visit

    def take_over(self) -> Visit | None:
        """Draw everything as last read: a deliberate click of the staff; the allow-list still applies."""
        visit = self.visit
        if visit is not None:
            self.visit = replace(visit, shown=visit.opened.picture, begun=visit.opened.picture)
        return self.visit

    def toggle_card(self, code: str) -> Visit | None:
        """Hide or show one card of the open person; remembered while the program runs."""
        visit = self.visit
        if visit is not None:
            hidden = visit.hidden ^ {code}
            self._hidden[visit.opened.identifier] = hidden
            self.visit = replace(visit, hidden=hidden)
        return self.visit


def news_of(visit: Visit, today: date, words: Words) -> tuple[NewsLine, ...]:
    """What came since the visit began or was last taken over."""
    return news_between(visit.begun, visit.opened.picture, today, words)
