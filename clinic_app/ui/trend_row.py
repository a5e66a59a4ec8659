"""One trend: title and sentence, chart, and the one big number with the word that says what it means."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import QUIET, PlainButton
from clinic_app.ui.labels import FittedLabel, PlainLabel
from clinic_app.ui.plotting import TrendPlot
from clinic_app.ui.shapes import SignMark
from clinic_app.ui.theme import BOLD, MEDIUM, REGULAR, SEMIBOLD, Theme
from clinic_app.viewmodels.shared_state import Mark, TimeAxis, Trend

AXIS_WIDTH = 76
VALUE_WIDTH = 272
_RIGHT = Qt.AlignmentFlag.AlignRight


class ValueColumn(QWidget):
    """The last value, large, with unit, word, source and day, age, and the legend of the home marks."""

    def __init__(self, theme: Theme, *, stacked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ink, ink_2 = theme.color("ink"), theme.color("ink_2")
        least = theme.size("small")
        self.value = PlainLabel(theme.font("value", SEMIBOLD), theme.color("blue"))
        self.unit = PlainLabel(theme.font("topic"), ink_2)
        self.word = FittedLabel(theme.font("topic", MEDIUM), ink, least)
        self.origin = FittedLabel(theme.font("small"), ink_2, least)
        self.age = FittedLabel(theme.font("small", MEDIUM), ink, least)
        self.home = FittedLabel(theme.font("small"), ink_2, least)
        self._home_sign = SignMark(theme, "home", theme.px(20))
        self.setFixedWidth(theme.px(VALUE_WIDTH))
        # Where the arrangement is stacked, source, age and legend stand on the left, under the sentence.
        self.footing = QWidget() if stacked else self
        self._arrange(theme, Qt.AlignmentFlag.AlignLeft if stacked else _RIGHT)

    def show_trend(self, trend: Trend) -> None:
        """Show another trend's last value."""
        for label, text in (
            (self.value, trend.value),
            (self.unit, trend.unit),
            (self.word, trend.word),
            (self.origin, trend.origin),
            (self.age, trend.age),
            (self.home, trend.home),
        ):
            label.say(text)
        self._home_sign.setVisible(bool(trend.home))

    def _arrange(self, theme: Theme, side: Qt.AlignmentFlag) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setSpacing(theme.px(8))
        top.addStretch()
        top.addWidget(self.value, 0, Qt.AlignmentFlag.AlignBottom)
        # Both stand on one base line: the unit is lifted by the difference of what hangs below it.
        lift = self.value.fontMetrics().descent() - self.unit.fontMetrics().descent()
        self.unit.setContentsMargins(0, 0, 0, max(0, lift))
        top.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBottom)
        # Digits leave the upper part of the line empty; without it five lines fit beside the chart.
        self.value.setFixedHeight(self.value.fontMetrics().height() - theme.px(9))
        bottom = Qt.AlignmentFlag.AlignBottom
        self.value.setAlignment(bottom)
        self.unit.setAlignment(bottom)
        column.addLayout(top)
        self.word.setAlignment(_RIGHT)
        column.addWidget(self.word)
        below = column
        if self.footing is not self:
            column.addStretch()
            below = QVBoxLayout(self.footing)
            below.setContentsMargins(0, 0, 0, 0)
            below.setSpacing(0)
        for label in (self.origin, self.age):
            label.setAlignment(side)
            below.addWidget(label)
        below.addLayout(self._legend(theme, side))
        below.addStretch()

    def _legend(self, theme: Theme, side: Qt.AlignmentFlag) -> QHBoxLayout:
        legend = QHBoxLayout()
        legend.setSpacing(theme.px(8))
        if side is _RIGHT:
            legend.addStretch()
        legend.addWidget(self._home_sign, 0, Qt.AlignmentFlag.AlignVCenter)
        self.home.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        legend.addWidget(self.home)
        if side is not _RIGHT:
            legend.addStretch()
        return legend


class TrendRow(QWidget):
    """A row of the card of charts.

    Signals:
        pointed: a mark was pointed at, by mouse or arrow keys; None = no longer.
        hide_toggled: the person asked to hide or show this card; carries the series name.
    """

    pointed = Signal(object)
    hide_toggled = Signal(str)

    def __init__(
        self, theme: Theme, words: Words, *, stacked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._trend: Trend | None = None
        self._chosen: Mark | None = None
        self.title = PlainLabel(theme.font("title", BOLD), theme.color("ink"))
        self.sentence = FittedLabel(
            theme.font("sentence", REGULAR), theme.color("ink_2"), theme.size("small")
        )
        self.hide_button = PlainButton(theme, words("Hide"), theme.font("small"), QUIET, side=_RIGHT)
        self.plot = TrendPlot(theme, theme.px(AXIS_WIDTH))
        self.column = ValueColumn(theme, stacked=stacked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange(stacked)
        self.plot.picked = self._pick
        self.hide_button.clicked.connect(self._toggle)

    def show_trend(self, trend: Trend, axis: TimeAxis) -> None:
        """Show a trend; a hidden one keeps only its title and the button that brings it back."""
        self._trend, self._chosen = trend, None
        self.title.say(trend.title)
        self.hide_button.relabel(self._words("Show") if trend.hidden else self._words("Hide"))
        self.sentence.say(trend.sentence or " ")
        self.sentence.setVisible(True)
        self.plot.widget.setVisible(not trend.hidden)
        self.column.setVisible(not trend.hidden)
        self.column.footing.setVisible(not trend.hidden)
        if trend.hidden:
            self.setAccessibleName(self._words("{title}, hidden", title=trend.title))
            return
        self.plot.show(trend, axis)
        self.column.show_trend(trend)
        self.setAccessibleName(trend.spoken)

    def forget(self) -> None:
        """Hold nothing of the person who was shown."""
        if self._trend is not None:
            nobody = Trend("", "")
            self.show_trend(nobody, TimeAxis(0, 1, ()))
            self._trend = None

    def clear_choice(self) -> None:
        """Point at nothing."""
        self._pick(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right walk along the values; escape lets go."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._trend is not None and not self._trend.hidden:
            self._walk(self._trend, step)
        elif event.key() == Qt.Key.Key_Escape and self._chosen is not None:
            self._pick(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the keyboard's focus."""
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("blue"), max(2.0, 2.5 * self._theme.scale)))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), self._theme.px(8), self._theme.px(8))
        painter.end()

    def _walk(self, trend: Trend, step: int) -> None:
        marks = sorted((*trend.marks, *trend.home_marks), key=lambda mark: mark.day)
        if not marks:
            return
        at = marks.index(self._chosen) + step if self._chosen in marks else len(marks) - 1
        self._pick(marks[max(0, min(at, len(marks) - 1))])

    def _pick(self, mark: Mark | None) -> None:
        self._chosen = mark
        self.plot.point_at(mark)
        self.pointed.emit(mark)

    def _toggle(self) -> None:
        if self._trend is not None:
            self.hide_toggled.emit(self._trend.code)

    def _arrange(self, stacked: bool) -> None:
        theme = self._theme
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.px(28), theme.px(6), theme.px(28), theme.px(4))
        rows.setSpacing(theme.px(2))
        head = QHBoxLayout()
        head.setSpacing(theme.px(24))
        head.addWidget(self.title)
        if stacked:
            head.addStretch(1)
            head.addWidget(self.hide_button)
            rows.addLayout(head)
            told = QHBoxLayout()
            said = QVBoxLayout()
            said.setSpacing(0)
            said.addWidget(self.sentence)
            said.addWidget(self.column.footing)
            told.addLayout(said, 1)
            told.addWidget(self.column, 0, Qt.AlignmentFlag.AlignTop)
            rows.addLayout(told)
            rows.addWidget(self.plot.widget, 1)
            return
        head.addWidget(self.sentence, 1)
        head.addWidget(self.hide_button)
        rows.addLayout(head)
        body = QHBoxLayout()
        body.setSpacing(theme.px(16))
        body.addWidget(self.plot.widget, 1)
        body.addWidget(self.column)
        rows.addLayout(body, 1)
