"""Below the charts: the one time axis, and medicines as a timeline on the same days."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_app.ui.shapes import paint_sign
from clinic_app.ui.theme import MEDIUM, Theme
from clinic_app.viewmodels.shared_state import Bar, Lane, TimeAxis

_AXIS, _BARS, _COURSES, _GAP = 42, 38, 30, 8
_LEAST_BESIDE = 140


class TimeStrip(QWidget):
    """Ticks with their words, and up to three lanes; `edges` tells where the charts begin and end, in its own
    px.
    """

    def __init__(self, theme: Theme, medicine_words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = medicine_words
        self._axis = TimeAxis(0, 1, ())
        self._lanes: tuple[Lane, ...] = ()
        self._edges = (0.0, 1.0)
        self.edges: Callable[[], tuple[float, float]] = lambda: (0.0, float(self.width()))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_times(self, axis: TimeAxis, lanes: tuple[Lane, ...]) -> None:
        """Draw another time axis and other medicines."""
        self._axis, self._lanes = axis, lanes
        bars = [bar.label for lane in lanes for bar in lane.bars if bar.label]
        notes = [lane.note for lane in lanes if lane.note]
        self.setAccessibleName(", ".join([self._words, *bars, *notes]) if lanes else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its lanes need."""
        lanes = sum((_COURSES if lane.courses else _BARS) + _GAP for lane in self._lanes)
        return QSize(100, self._theme.px(_AXIS + lanes + (4 if lanes else 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the axis, then lane under lane."""
        self._edges = self.edges()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter)
        top = float(self._theme.px(_AXIS))
        for number, lane in enumerate(self._lanes):
            height = float(self._theme.px(_COURSES if lane.courses else _BARS))
            if number == 0:
                self._paint_title(painter, top, height)
            self._paint_lane(painter, lane, top, height)
            top += height + self._theme.px(_GAP)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        theme = self._theme
        painter.setFont(theme.font("small"))
        tick = theme.px(8)
        for day, text in self._axis.ticks:
            x = round(self._x(day)) + 0.5
            painter.setPen(QPen(theme.color("ink_2"), 1))
            painter.drawLine(int(x), 0, int(x), tick)
            width = painter.fontMetrics().horizontalAdvance(text) + 4
            box = QRectF(x - width / 2, tick, width, theme.px(_AXIS) - tick)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def _paint_lane(self, painter: QPainter, lane: Lane, top: float, height: float) -> None:
        for bar in lane.bars:
            first, last = self._x(bar.first), self._x(bar.last)
            box = QRectF(first, top, max(last - first, self._theme.px(14)), height)
            if lane.courses:
                self._paint_course(painter, box)
            else:
                self._paint_bar(painter, box, bar)
        if lane.note:
            self._paint_note(painter, lane, top, height)

    def _paint_title(self, painter: QPainter, top: float, height: float) -> None:
        """What the lanes are: right of the charts, under the last values, where there is such a column."""
        beside = self.width() - self._edges[1]
        if beside >= self._theme.px(_LEAST_BESIDE):
            self._paint_words(painter, self._words, QRectF(self._edges[1], top, beside, height))

    def _paint_note(self, painter: QPainter, lane: Lane, top: float, height: float) -> None:
        """The last course by its sign and name: right of the charts, else left of its box."""
        size, gap = self._theme.px(22), self._theme.px(8)
        advance = QFontMetrics(self._theme.font("small")).horizontalAdvance(lane.note) + 2
        right = float(self.width())
        if right - self._edges[1] < advance + size + gap:
            right = self._x(lane.bars[-1].first) - self._theme.px(12)
        self._paint_words(painter, lane.note, QRectF(right - advance, top, advance, height))
        paint_sign(painter, QRectF(right - advance - size - gap, top, size, height), "new", self._theme)

    def _paint_bar(self, painter: QPainter, box: QRectF, bar: Bar) -> None:
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(theme.color("blue_tint")))
        painter.drawRoundedRect(box, theme.px(8), theme.px(8))
        painter.setFont(theme.font("small", MEDIUM))
        painter.setPen(theme.color("ink"))
        room = box.adjusted(theme.px(14), 0, -theme.px(8), 0)
        metrics = painter.fontMetrics()
        text = next(
            (text for text in (bar.label, bar.short) if metrics.horizontalAdvance(text) <= room.width()), ""
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_course(self, painter: QPainter, box: QRectF) -> None:
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(theme.color("blue")))
        painter.drawRoundedRect(box.adjusted(0, 3, 0, -3), theme.px(6), theme.px(6))

    def _paint_words(self, painter: QPainter, text: str, box: QRectF) -> None:
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("ink_2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _x(self, day: float) -> float:
        part = (day - self._axis.first) / (self._axis.last - self._axis.first)
        left, right = self._edges
        return left + part * (right - left)
