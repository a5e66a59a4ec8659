"""The right side: what we want to talk about above what is new, or both as tabs where there is less room."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import PlainButton
from clinic_app.ui.listing_card import ListingCard
from clinic_app.ui.theme import Theme
from clinic_app.viewmodels.shared_state import Listing

_GAP = 20
_LEAST_LINES = 2
_LARGE, _SMALL = "topic", "small"


class SidePanel(QWidget):
    """Two cards that share the height: the topics take what they need, the rest is for what is new.

    The cards are placed by hand, because how much they show depends on the height that there is.
    """

    def __init__(self, theme: Theme, words: Words, *, tabs: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._tabs = theme, tabs
        self._everything = ""
        self.talk = ListingCard(theme, words, titled=True)
        self.since = ListingCard(theme, words, titled=True)
        self.tab_buttons = (
            tuple(PlainButton(theme, "", theme.font("small")) for _ in range(2)) if tabs else ()
        )
        self._prepare()
        self.talk.more_asked.connect(lambda: self._toggle("talk"))
        self.since.more_asked.connect(lambda: self._toggle("since"))

    def show_listings(self, talk: Listing, since: Listing) -> None:
        """Show another person's topics and news; what was opened up is closed again."""
        if (talk, since) != (self.talk.listing, self.since.listing):
            self._everything = ""
        self.talk.set_listing(talk)
        self.since.set_listing(since)
        for button, listing in zip(self.tab_buttons, (talk, since), strict=False):
            button.relabel(listing.short)
        self._fit()

    def choose_tab(self, number: int) -> None:
        """Show the topics (0) or what is new (1)."""
        for index, button in enumerate(self.tab_buttons):
            button.setChecked(index == number)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._fit()

    def _toggle(self, which: str) -> None:
        self._everything = "" if self._everything == which else which
        self._fit()

    def _fit(self) -> None:
        if self.width() < 50:
            return
        self._place_tabs()
        for card in (self.talk, self.since):
            card.resize(self.width(), card.height())
        if self._everything:
            self._open_up()
        elif self._tabs:
            self._fit_tabs()
        else:
            self._fit_both()

    def _open_up(self) -> None:
        """Everything of one card, over the whole height, scrolling if need be."""
        card = self.talk if self._everything == "talk" else self.since
        other = self.since if card is self.talk else self.talk
        other.hide()
        card.show_first(len(card.listing.topics), len(card.listing.lines), _LARGE, scrolled=True)
        self._place(card, self._top(), self.height() - self._top())

    def _fit_both(self) -> None:
        talk, since = self.talk.listing, self.since.listing
        gap = self._theme.px(_GAP)
        room, width = self.height() - gap, self.width()
        for topics, lines, role in _options(talk.first_topics, since.first_lines):
            wanted = self.talk.needed(width, topics, 0, role)
            if wanted + self.since.needed(width, 0, lines, role) <= room:
                break
        else:
            topics, lines, role, wanted = min(1, talk.first_topics), 0, _SMALL, self.height()
        alone = wanted == self.height()
        self.talk.show_first(topics, 0, role, scrolled=alone)
        self._place(self.talk, 0, wanted)
        self.since.setVisible(not alone)
        if not alone:
            self.since.show_first(0, lines, role)
            self._place(self.since, wanted + gap, self.height() - wanted - gap)

    def _fit_tabs(self) -> None:
        second = self.tab_buttons[1].isChecked()
        card, other = (self.since, self.talk) if second else (self.talk, self.since)
        room = self.height() - self._top()
        first_topics, first_lines = card.listing.first_topics, card.listing.first_lines
        for topics, lines, role in _options(first_topics, first_lines):
            if card.needed(self.width(), topics, lines, role) <= room:
                card.show_first(topics, lines, role)
                break
        else:
            card.show_first(min(1, first_topics), min(1, first_lines), _SMALL, scrolled=True)
        other.hide()
        self._place(card, self._top(), room)

    def _place(self, card: ListingCard, top: int, height: int) -> None:
        """The width was set before the card was filled, because the words wrap by it."""
        card.setGeometry(0, top, self.width(), max(0, height))
        card.show()

    def _top(self) -> int:
        """Where the cards begin: below the tabs."""
        if not self._tabs:
            return 0
        return self.tab_buttons[0].sizeHint().height() + self._theme.px(_GAP) // 2

    def _place_tabs(self) -> None:
        left = 0
        for button in self.tab_buttons:
            size = button.sizeHint()
            button.setGeometry(left, 0, min(size.width(), self.width() - left), size.height())
            left += size.width() + self._theme.px(8)

    def _prepare(self) -> None:
        for card in (self.talk, self.since):
            card.setParent(self)
        for number, button in enumerate(self.tab_buttons):
            button.setParent(self)
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.clicked.connect(lambda _=False, number=number: self.choose_tab(number))


def _options(topics: int, lines: int) -> list[tuple[int, int, str]]:
    """Ways to share the room, best first: smaller letters, then fewer lines, then fewer topics."""
    options = [(topics, lines, _LARGE), (topics, lines, _SMALL)]
    options += [(topics, fewer, _SMALL) for fewer in range(lines - 1, min(lines, _LEAST_LINES) - 1, -1)]
    least = min(lines, _LEAST_LINES)
    return options + [(fewer, least, _SMALL) for fewer in range(topics - 1, 0, -1)]
