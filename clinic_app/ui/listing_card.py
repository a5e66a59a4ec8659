"""A card of the right side: topics as tinted cards, or lines with signs; what does not fit is one click
away.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import QUIET, PlainButton
from clinic_app.ui.labels import FittedLabel, WrappedLabel, wrapped_size
from clinic_app.ui.shapes import Card, Hairline, SignMark, quiet_scroll_bar
from clinic_app.ui.theme import BOLD, Theme
from clinic_app.viewmodels.shared_state import Line, Listing, TopicCard

_SIDE, _TOP, _GAP = 24, 20, 10
_TOPIC_SIDE, _TOPIC_TOP = 18, 12
_SIGN, _SIGN_GAP, _LINE_GAP = 24, 14, 10
_MORE, _BAR = 52, 16


class TopicView(Card):
    """One topic with who said it."""

    def __init__(
        self, theme: Theme, topic: TopicCard, role: str, width: int, parent: QWidget | None = None
    ) -> None:
        fill = theme.color("patient" if topic.from_patient else "clinician")
        super().__init__(fill, theme.shape("inner_radius"), parent=parent)
        column = QVBoxLayout(self)
        side, top = theme.px(_TOPIC_SIDE), theme.px(_TOPIC_TOP)
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.px(2))
        column.addWidget(WrappedLabel(theme.font(role), theme.color("ink"), topic.text, width - 2 * side))
        column.addWidget(
            FittedLabel(theme.font("small"), theme.color("ink_2"), theme.size("small"), topic.by)
        )
        self.setAccessibleName(f"{topic.by}: {topic.text}")


class LineView(QWidget):
    """One line of "since last time"."""

    def __init__(self, theme: Theme, line: Line, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        gap = theme.px(_LINE_GAP)
        row.setContentsMargins(0, gap, 0, gap)
        row.setSpacing(theme.px(_SIGN_GAP))
        room = width - theme.px(_SIGN) - theme.px(_SIGN_GAP)
        label = WrappedLabel(theme.font("sentence"), theme.color("ink"), line.text, room)
        sign = SignMark(theme, line.sign, theme.px(_SIGN))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        # The sign stands in the middle of the first line of words.
        sign.setFixedHeight(label.fontMetrics().height())
        row.addWidget(label, 1)


class ListingCard(Card):
    """A titled card of topics and lines.

    Signals:
        more_asked: everything was asked for, or only the first things again.
    """

    more_asked = Signal()

    def __init__(
        self, theme: Theme, words: Words, *, titled: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme.color("card"), theme.shape("card_radius"), theme.color("hairline"), parent)
        self._theme, self._words, self._titled = theme, words, titled
        self._listing = Listing("")
        self._shown: tuple[object, ...] = ()
        self.title = FittedLabel(theme.font("title", BOLD), theme.color("ink"), theme.size("small"))
        self.more = PlainButton(theme, "", theme.font("small"), QUIET, side=Qt.AlignmentFlag.AlignLeft)
        self.more.clicked.connect(self.more_asked.emit)
        self._area = QScrollArea()
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._arrange()

    @property
    def listing(self) -> Listing:
        """What the card could show."""
        return self._listing

    def set_listing(self, listing: Listing) -> None:
        """Take other contents; `show_first` draws them."""
        self._listing = listing
        self.title.say(listing.title)
        self.title.setVisible(self._titled)
        self.setAccessibleName(listing.title)

    def show_first(self, topics: int, lines: int, role: str, *, scrolled: bool = False) -> None:
        """Draw so many topics (their letters in this role's size) and lines, and say how many more there
        are.
        """
        listing = self._listing
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if scrolled else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._area.setVerticalScrollBarPolicy(policy)
        width = self.width() - 2 * self._theme.px(_SIDE) - (self._theme.px(_BAR) if scrolled else 0)
        shown = (listing.topics[:topics], listing.lines[:lines], role, listing.note, width)
        if shown != self._shown:
            self._shown = shown
            self._fill_rows(listing.topics[:topics], listing.lines[:lines], role, listing.note, width)
        missing = len(listing.topics) - topics + len(listing.lines) - lines
        total = len(listing.topics) + len(listing.lines)
        self.more.setVisible(missing > 0 or total > listing.first_topics + listing.first_lines)
        if missing > 0:
            self.more.relabel(self._words.plural("{count} more", "{count} more", missing))
        else:
            self.more.relabel(self._words("Show less"))

    def needed(self, width: int, topics: int, lines: int, role: str) -> int:
        """Height in px that so many topics and lines take at this width."""
        theme, listing = self._theme, self._listing
        inner = width - 2 * theme.px(_SIDE)
        small = self.more.fontMetrics().height()
        height = 2 * theme.px(_TOP) + (
            self.title.fontMetrics().height() + theme.px(_GAP) if self._titled else 0
        )
        for topic in listing.topics[:topics]:
            words = wrapped_size(theme.font(role), topic.text, inner - 2 * theme.px(_TOPIC_SIDE)).height()
            height += words + small + 2 * theme.px(_TOPIC_TOP) + theme.px(2) + theme.px(_GAP)
        room = inner - theme.px(_SIGN) - theme.px(_SIGN_GAP)
        for line in listing.lines[:lines]:
            height += (
                wrapped_size(theme.font("sentence"), line.text, room).height() + 2 * theme.px(_LINE_GAP) + 1
            )
        if listing.note:
            height += wrapped_size(theme.font("sentence"), listing.note, inner).height() + theme.px(_GAP)
        if topics < len(listing.topics) or lines < len(listing.lines):
            height += theme.px(_MORE)
        return height + theme.px(4)

    def _fill_rows(
        self, topics: tuple[TopicCard, ...], lines: tuple[Line, ...], role: str, note: str, width: int
    ) -> None:
        theme = self._theme
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                # Taken out at once: nothing of a former person may wait for the event loop.
                widget.setParent(None)
                widget.deleteLater()
        for topic in topics:
            self._rows.addWidget(TopicView(theme, topic, role, width))
            self._rows.addSpacing(theme.px(_GAP))
        for number, line in enumerate(lines):
            if number:
                self._rows.addWidget(Hairline(theme.color("hairline")))
            self._rows.addWidget(LineView(theme, line, width))
        if note:
            self._rows.addSpacing(theme.px(_GAP) if lines or topics else 0)
            self._rows.addWidget(WrappedLabel(theme.font("sentence"), theme.color("ink_2"), note, width))
        self._rows.addStretch()

    def _arrange(self) -> None:
        theme = self._theme
        column = QVBoxLayout(self)
        side, top = theme.px(_SIDE), theme.px(_TOP)
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.px(_GAP))
        column.addWidget(self.title)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        quiet_scroll_bar(self._area, theme)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._body)
        self._area.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        column.addWidget(self._area, 1)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
