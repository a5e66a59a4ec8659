"""The typed fence around pyqtgraph: one plot of one trend, built once and given new data for each person.

pyqtgraph is untyped and costs half a second to import, so only the screens that draw load this file.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QWidget

from clinic_app.ui.theme import MEDIUM, Theme
from clinic_app.viewmodels.shared_state import Band, Mark, TimeAxis, Trend

_MOST_TICKS = 6
_REACH = 28
_LABEL_PLACES = (
    (0.012, True),
    (0.012, False),
    (0.3, True),
    (0.55, True),
    (0.3, False),
    (0.55, False),
    (0.8, True),
)


class TrendPlot:
    """A chart with goal band, clinic line, home marks and a large last mark.

    Attributes:
        widget: the Qt widget to place.
        picked: called with a mark when the person points at one.
    """

    def __init__(self, theme: Theme, axis_width: int) -> None:
        self._theme = theme
        self._axis_width = axis_width
        self.picked: Callable[[Mark], None] = lambda mark: None
        self._trend: Trend | None = None
        self._axis: TimeAxis | None = None
        pg.setConfigOptions(antialias=True)
        self._plot: Any = pg.PlotWidget(background=theme.color("card"))
        self._prepare_widget()
        self._prepare_axis()
        self._add_items()
        self._box.sigResized.connect(self._place_band_label)
        self._plot.scene().sigMouseClicked.connect(self._clicked)

    @property
    def widget(self) -> QWidget:
        """The widget to place."""
        widget: QWidget = self._plot
        return widget

    @property
    def canvas(self) -> QWidget:
        """The widget that receives the paint events."""
        viewport: QWidget = self._plot.viewport()
        return viewport

    def show(self, trend: Trend, axis: TimeAxis) -> None:
        """Draw a trend on the common time axis; only data change, no item is made anew."""
        self._trend, self._axis = trend, axis
        self._box.setRange(
            xRange=(axis.first, axis.last), yRange=(trend.scale.low, trend.scale.high), padding=0, update=True
        )
        self._left.setTicks([[(value, text) for value, text in trend.scale.ticks]])
        for line, tick in zip(self._grid, [*trend.scale.ticks, *[None] * _MOST_TICKS], strict=False):
            line.setVisible(tick is not None)
            if tick is not None:
                line.setPos(tick[0])
        self._draw_band(trend.band)
        self._draw_marks(trend)
        self.point_at(None)
        self._plot.setAccessibleName(trend.spoken)

    def point_at(self, mark: Mark | None) -> None:
        """Ring one mark, or none."""
        self._ring.setData(x=[] if mark is None else [mark.day], y=[] if mark is None else [mark.value])

    def plot_area(self) -> QRectF:
        """The area where data are drawn, in px of the widget."""
        area: QRectF = self._plot.mapFromScene(self._box.sceneBoundingRect()).boundingRect().toRectF()
        return area

    def _prepare_widget(self) -> None:
        plot = self._plot
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.hideAxis("bottom")
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setMinimumHeight(self._theme.px(60))
        plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        plot.getPlotItem().layout.setContentsMargins(0, 0, 0, 0)
        self._box: Any = plot.getViewBox()
        self._box.setDefaultPadding(0)
        self._box.disableAutoRange()

    def _prepare_axis(self) -> None:
        theme = self._theme
        self._left: Any = self._plot.getAxis("left")
        self._left.setWidth(self._axis_width)
        self._left.setStyle(tickLength=0, tickTextOffset=theme.px(14), autoReduceTextSpace=False)
        self._left.setTickFont(theme.font("small"))
        self._left.setPen(None)
        self._left.setTextPen(theme.color("ink_2"))

    def _add_items(self) -> None:
        theme, plot = self._theme, self._plot
        line = theme.shape("line")
        none, blue, card = pg.mkPen(None), theme.color("blue"), theme.color("card")
        self._band: Any = pg.LinearRegionItem(
            orientation="horizontal", movable=False, brush=theme.color("goal"), pen=none
        )
        self._grid: list[Any] = [
            pg.InfiniteLine(angle=0, pen=pg.mkPen(theme.color("grid"), width=1)) for _ in range(_MOST_TICKS)
        ]
        self._band_label: Any = pg.TextItem(color=theme.color("goal_text"))
        self._band_label.setFont(theme.font("small", MEDIUM))
        self._curve: Any = pg.PlotCurveItem(pen=pg.mkPen(blue, width=line), antialias=True)
        self._home: Any = pg.ScatterPlotItem(
            symbol="d",
            size=theme.shape("mark"),
            pen=pg.mkPen(theme.color("home"), width=2 * theme.scale),
            brush=card,
        )
        edge = pg.mkPen(card, width=2 * theme.scale)
        self._marks: Any = pg.ScatterPlotItem(size=theme.shape("mark") + 2, pen=edge, brush=blue)
        self._last: Any = pg.ScatterPlotItem(size=theme.shape("last_mark") + 2, pen=edge, brush=blue)
        self._ring: Any = pg.ScatterPlotItem(
            size=theme.shape("last_mark") * 1.7,
            pen=pg.mkPen(theme.color("ink"), width=line * 0.75),
            brush=None,
        )
        stack = (self._band, *self._grid, self._band_label, self._home, self._curve, self._marks, self._last)
        for height, item in enumerate((*stack, self._ring)):
            item.setZValue(height)
            plot.addItem(item, ignoreBounds=True)

    def _draw_band(self, band: Band | None) -> None:
        self._band.setVisible(band is not None)
        self._band_label.setVisible(band is not None)
        if band is not None:
            self._band.setRegion((band.low, band.high))
            self._band_label.setText(band.label)

    def _draw_marks(self, trend: Trend) -> None:
        days = np.array([mark.day for mark in trend.marks], dtype=float)
        values = np.array([mark.value for mark in trend.marks], dtype=float)
        joined = np.array([mark.joined for mark in trend.marks], dtype=np.int32)
        self._curve.setData(days, values, connect=joined if len(joined) else "all")
        self._marks.setData(x=days[:-1], y=values[:-1])
        self._last.setData(x=days[-1:], y=values[-1:])
        self._home.setData(
            x=[mark.day for mark in trend.home_marks], y=[mark.value for mark in trend.home_marks]
        )
        self._place_band_label()

    def _place_band_label(self, *_: object) -> None:
        """Put the goal's label inside its band where the fewest data are covered."""
        trend, axis = self._trend, self._axis
        if trend is None or axis is None or trend.band is None:
            return
        metrics = QFontMetrics(self._theme.font("small", MEDIUM))
        width, height = metrics.horizontalAdvance(trend.band.label) + 12, metrics.height() + 8
        boxes = [self._label_box(place, trend.band, width, height) for place in _LABEL_PLACES]
        points = self._pixels((*trend.marks, *trend.home_marks))
        reach = self._theme.px(10)
        covered = [_covered(box.adjusted(-reach, -reach, reach, reach), points) for box in boxes]
        best = boxes[covered.index(min(covered))]
        corner = self._box.mapToView(best.topLeft())
        self._band_label.setAnchor((0, 0))
        self._band_label.setPos(corner.x(), corner.y())

    def _label_box(self, place: tuple[float, bool], band: Band, width: float, height: float) -> QRectF:
        x = self._box.width() * place[0]
        top = self._box.mapFromView(QPointF(0, band.high)).y()
        bottom = self._box.mapFromView(QPointF(0, band.low)).y()
        y = (
            max(0.0, top + 2)
            if place[1]
            else max(top + 2, min(bottom - height - 2, self._box.height() - height))
        )
        return QRectF(x, y, width, height)

    def _pixel(self, mark: Mark) -> QPointF:
        return self._pixel_at(mark.day, mark.value)

    def _pixel_at(self, day: float, value: float) -> QPointF:
        point: QPointF = self._box.mapFromView(QPointF(day, value))
        return point

    def _pixels(self, marks: Sequence[Mark]) -> NDArray[np.float64]:
        """Marks, and two places on each way between neighbours, as rows of px."""
        corner, far = self._pixel_at(0, 0), self._pixel_at(1, 1)
        steps = np.array([far.x() - corner.x(), far.y() - corner.y()])
        points = np.array([(mark.day, mark.value) for mark in marks]) * steps + [corner.x(), corner.y()]
        between = [points[:-1] * (1 - part) + points[1:] * part for part in (0.3, 0.7)]
        return np.concatenate([points, *between])

    def _clicked(self, event: Any) -> None:
        if self._trend is None:
            return
        at = self._box.mapFromScene(event.scenePos())
        marks = (*self._trend.marks, *self._trend.home_marks)
        near = min(marks, key=lambda mark: _distance(self._pixel(mark), at), default=None)
        if near is not None and _distance(self._pixel(near), at) <= _REACH * self._theme.scale:
            self.picked(near)


def _covered(box: QRectF, points: NDArray[np.float64]) -> int:
    """How many of the points a box covers."""
    inside = (points >= [box.left(), box.top()]) & (points <= [box.right(), box.bottom()])
    return int(inside.all(axis=1).sum())


def _distance(first: QPointF, second: QPointF) -> float:
    return abs(first.x() - second.x()) + abs(first.y() - second.y())
