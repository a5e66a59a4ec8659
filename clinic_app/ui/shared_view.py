"""The first view of the shared screen: how you are doing."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.banner import BannerBar, BottomLine, StepBar
from clinic_app.ui.labels import FittedLabel, FootLine
from clinic_app.ui.selector import TrendSelector
from clinic_app.ui.shapes import Card, Hairline
from clinic_app.ui.side_panel import SidePanel
from clinic_app.ui.theme import Theme
from clinic_app.ui.time_strip import TimeStrip
from clinic_app.ui.trend_row import TrendRow
from clinic_app.viewmodels.screen import Arrangement, ScreenPlan
from clinic_app.viewmodels.shared_state import Banner, Listing, Mark, SharedState, TimeAxis

_MOST_ROWS = 3
_EDGE = 36
_FOOT = 34
BLANK = SharedState(
    0, Banner("", "", ""), (), "", (), TimeAxis(0, 1, ()), (), Listing(""), Listing(""), ("", "")
)
"""Nobody."""


class SharedView(QWidget):
    """Banner, step, charts, right side and bottom line; built once, then given one person's state after
    another.

    Signals:
        hide_asked: the curtain is wanted.
        card_toggled: a card is to be hidden or shown; carries the series name.
        drawn: the view with this token has been painted, its plots included.
    """

    hide_asked = Signal()
    card_toggled = Signal(str)
    drawn = Signal(int)

    def __init__(self, theme: Theme, plan: ScreenPlan, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self.plan = plan
        self.state: SharedState | None = None
        self._watching = False
        self._compact = plan.arrangement is Arrangement.COMPACT
        self.banner = BannerBar(theme, words)
        self.steps = StepBar(theme)
        self.bottom = BottomLine(theme)
        self.panel = SidePanel(theme, words, tabs=self._compact)
        self.rows = tuple(
            TrendRow(theme, words, stacked=self._compact) for _ in range(1 if self._compact else _MOST_ROWS)
        )
        self.strip = TimeStrip(theme, words("Medicine"))
        self.strip.edges = self._chart_edges
        self.foot = FootLine(theme.font("small"), theme.color("ink"))
        self.selector = TrendSelector(theme) if self._compact else None
        self.charts = Card(theme.color("card"), theme.shape("card_radius"), theme.color("hairline"))
        self._arrange()
        self._connect()

    def show_state(self, state: SharedState) -> None:
        """Show a person's state, or the same person's newer one."""
        self.state = state
        self.banner.show_banner(state.banner)
        self.steps.show_steps(state.steps, state.heading)
        self.bottom.show_bottom(state.feeds, state.mark)
        if self.selector is not None:
            self.selector.show_trends(state.trends)
        self._show_trends(state)
        self.panel.show_listings(state.talk, state.since)

    def forget(self) -> None:
        """Let go of the person: no words or values of theirs stay in any widget."""
        if self.state is not None:
            self.show_state(BLANK)
            self.state = None

    def choose_trend(self, number: int) -> None:
        """In the compact arrangement: draw the trend with this number large."""
        if self.state is not None and self.selector is not None and number < len(self.state.trends):
            self.selector.choose(number)
            self._show_trends(self.state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The paper behind the cards."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QBrush(self._theme.color("paper")))
        painter.end()

    def _show_trends(self, state: SharedState) -> None:
        trends = state.trends
        if self.selector is not None:
            trends = trends[self.selector.chosen : self.selector.chosen + 1]
        for row, trend in zip(self.rows, trends, strict=False):
            row.show_trend(trend, state.axis)
        for row in self.rows[len(trends) :]:
            row.forget()
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(trends))
        for number, line in enumerate(self._lines):
            line.setVisible(number + 1 < len(trends))
        self.nothing.setVisible(not trends)
        self.strip.show_times(state.axis, state.lanes)
        self.strip.setVisible(any(not trend.hidden for trend in trends) or bool(state.lanes))
        self._point(None)

    def _point(self, mark: Mark | None) -> None:
        self.foot.say_parts(mark.origin if mark is not None else "")
        sender = self.sender()
        if mark is not None:
            for row in self.rows:
                if row is not sender:
                    row.plot.point_at(None)

    def _chart_edges(self) -> tuple[float, float]:
        """Left and right edge of the charts' data, in px of the time strip."""
        row = next((row for row in self.rows if row.plot.widget.isVisible()), self.rows[0])
        area = row.plot.plot_area()
        left = row.plot.widget.mapTo(self.charts, area.topLeft().toPoint()).x()
        start = left - self.strip.mapTo(self.charts, QPoint(0, 0)).x()
        return start, start + area.width()

    def _connect(self) -> None:
        self.banner.hide_button.clicked.connect(self.hide_asked.emit)
        for row in self.rows:
            row.pointed.connect(self._point)
            row.hide_toggled.connect(self.card_toggled.emit)
        if self.selector is not None:
            self.selector.selected.connect(self.choose_trend)

    def _arrange(self) -> None:
        theme = self._theme
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        # The window keeps the size of its screen, whatever it shows.
        page.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        page.addWidget(self.banner)
        page.addWidget(Hairline(theme.color("hairline")))
        page.addWidget(self.steps)
        page.addWidget(Hairline(theme.color("hairline")))
        middle = QHBoxLayout()
        edge = theme.px(_EDGE if not self._compact else 24)
        middle.setContentsMargins(edge, theme.px(20 if not self._compact else 16), edge, 0)
        middle.setSpacing(theme.px(24 if not self._compact else 16))
        if self.selector is not None:
            middle.addWidget(self.selector, 20)
        middle.addWidget(self.charts, 124 if not self._compact else 64)
        middle.addWidget(self.panel, 58 if not self._compact else 38)
        page.addLayout(middle, 1)
        page.addWidget(self.bottom)
        self._arrange_charts()

    def _arrange_charts(self) -> None:
        theme = self._theme
        column = QVBoxLayout(self.charts)
        column.setContentsMargins(1, theme.px(6), 1, theme.px(4))
        column.setSpacing(0)
        self.nothing = FittedLabel(theme.font("sentence"), theme.color("ink_2"), theme.size("small"))
        self.nothing.say(self._words("There are no measurements yet."))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.nothing, 1)
        self._lines = []
        for number, row in enumerate(self.rows):
            if number:
                line = Hairline(theme.color("hairline"))
                self._lines.append(line)
                column.addWidget(line)
            column.addWidget(row, 1)
        side = theme.px(28)
        for widget in (self.strip, self.foot):
            holder = QHBoxLayout()
            holder.setContentsMargins(side, 0, side, 0)
            holder.addWidget(widget)
            column.addLayout(holder)
        self.foot.setFixedHeight(theme.px(_FOOT * (2 if self._compact else 1)))

    def watch_drawing(self) -> None:
        """Emit `drawn` once, after the last chart's next paint event has finished."""
        self._watching = self.state is not None
        for row in self.rows:
            row.plot.canvas.removeEventFilter(self)
        if self._watching:
            shown = [row for row in self.rows if not row.isHidden()] or self.rows[:1]
            shown[-1].plot.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the last chart's paint event; what is posted from there runs when it has finished."""
        if self._watching and event.type() == QEvent.Type.Paint and self.state is not None:
            self._watching = False
            token = self.state.token
            QTimer.singleShot(0, self, lambda: self.drawn.emit(token))
        return False
