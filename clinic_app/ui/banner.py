"""The bars of the shared screen: banner with two identifiers, the step, and the bottom line."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import PlainButton
from clinic_app.ui.labels import FittedLabel, PlainLabel
from clinic_app.ui.theme import BOLD, MEDIUM, SEMIBOLD, Theme
from clinic_app.viewmodels.shared_state import Banner

_EDGE = 36


class Bar(QWidget):
    """A bar across the window."""

    def __init__(self, theme: Theme, height: int, fill: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fill = theme.color(fill)
        self.setFixedHeight(theme.px(height))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.px(_EDGE), 0, theme.px(_EDGE), 0)
        self.row.setSpacing(theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar's colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QBrush(self._fill))
        painter.end()


class BannerBar(Bar):
    """Name, birth date and number, always labelled and never cut off; and the button that hides the
    screen.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme, 72, "card", parent)
        self.name = FittedLabel(theme.font("name", BOLD), theme.color("ink"), theme.size("small"))
        self.born = PlainLabel(theme.font("sentence"), theme.color("ink_2"))
        self.number = PlainLabel(theme.font("sentence"), theme.color("ink_2"))
        key = words("{words}  {key}", words=words("Hide screen"), key="F9")
        self.hide_button = PlainButton(theme, key, theme.font("small", MEDIUM))
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.name.setMinimumWidth(theme.px(120))
        self.name.never_cut = True
        self._labels = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._labels.addWidget(self.born)
        self._labels.addWidget(self.number)
        self.row.addWidget(self.name)
        self.row.addLayout(self._labels)
        self.row.addStretch(1)
        self.row.addWidget(self.hide_button)
        self._stack(False)

    def show_banner(self, banner: Banner) -> None:
        """Show who it is."""
        self.born.say(banner.born)
        self.number.say(banner.number)
        self.name.say(banner.name)
        self.setAccessibleName(", ".join((banner.name, banner.born, banner.number)))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the name."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Put birth date and number below each other where a long name needs the width."""
        full = QFontMetrics(self._theme.font("sentence"))
        labels = sum(full.horizontalAdvance(label.text()) for label in (self.born, self.number))
        fixed = self.hide_button.sizeHint().width() + 2 * self._theme.px(_EDGE) + 4 * self.row.spacing()
        stacked = self.name.preferred_width() + labels + fixed > self.width()
        if stacked is not self._stacked:
            self._stack(stacked)

    def _stack(self, stacked: bool) -> None:
        self._stacked = stacked
        directions = QBoxLayout.Direction
        self._labels.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)
        self._labels.setSpacing(0 if stacked else self.row.spacing())
        for label in (self.born, self.number):
            label.setFont(self._theme.font("small" if stacked else "sentence"))


class StepTab(QWidget):
    """The name of a step with a line under it."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.label = PlainLabel(theme.font("sentence", SEMIBOLD), theme.color("blue"), text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label)

    def sizeHint(self) -> QSize:
        """As high as its bar."""
        return QSize(super().sizeHint().width(), self._theme.px(64))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line under the words."""
        painter = QPainter(self)
        height = self._theme.px(5)
        painter.fillRect(0, self.height() - height, self.width(), height, self._theme.color("blue"))
        painter.end()


class StepBar(Bar):
    """The steps that work, and today's day."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, 64, "card", parent)
        self._tabs: list[StepTab] = []
        self.heading = PlainLabel(theme.font("small"), theme.color("ink_2"))
        self.row.addStretch(1)
        self.row.addWidget(self.heading)

    def show_steps(self, steps: tuple[str, ...], heading: str) -> None:
        """Show the steps by name; made once, they stay the same for every person."""
        for number, step in enumerate(steps[len(self._tabs) :], len(self._tabs)):
            tab = StepTab(self._theme, step)
            tab.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
            self._tabs.append(tab)
            self.row.insertWidget(number, tab)
        self.heading.say(heading)


class BottomLine(Bar):
    """Health of the feeds on the left, the demonstration mark on the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, 64, "paper", parent)
        small, ink_2 = theme.font("small"), theme.color("ink_2")
        self.feeds = (PlainLabel(small, ink_2), PlainLabel(small, ink_2))
        self.mark = PlainLabel(theme.font("small", MEDIUM), theme.color("ink"))
        self.dot = PlainLabel(theme.font("small"), theme.color("blue"), "●")
        for label in self.feeds:
            self.row.addWidget(label)
        self.row.addStretch(1)
        self.row.addWidget(self.mark)
        self.row.addWidget(self.dot)
        self.dot.hide()
        self.dot.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_bottom(self, feeds: tuple[str, ...], mark: str) -> None:
        """Show other words."""
        for label, text in zip(self.feeds, (*feeds, "", ""), strict=False):
            label.say(text)
        self.mark.say(mark)
