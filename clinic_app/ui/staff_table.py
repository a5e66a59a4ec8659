"""The patient list as a table: a model of rows, and one delegate that paints them with fixed heights."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.ui.shapes import quiet_scroll_bar
from clinic_app.ui.theme import MEDIUM, REGULAR, SEMIBOLD, Theme
from clinic_app.viewmodels.staff_list import Pill, StaffRow, Tone, mark_open

Index = QModelIndex | QPersistentModelIndex
_ROW, _PAD = 50, 16
_WIDTHS = (136, 0, 140, 140, 140, 120, 136)
_ANSWERS, _PLACE, _NARROW = 4, 5, 1000
NAME, PILL = 1, 6
_TONES = {
    Tone.READY: ("goal", "goal_text"),
    Tone.TO_SEE: ("clinician", "blue"),
    Tone.CHECK: ("check", "check_text"),
    Tone.OPEN: ("blue", "card"),
}


class StaffModel(QAbstractTableModel):
    """Rows of the list for the table."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._rows: tuple[StaffRow, ...] = ()
        self.open_person: Identifier | None = None
        self._titles = (
            words("Time"),
            words("Person"),
            words("Number"),
            words("Born"),
            words("Answers"),
            words("Place"),
            words("State"),
        )

    def set_rows(self, rows: Sequence[StaffRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def mark_open(self, identifier: Identifier | None) -> None:
        """Say who is on the shared screen."""
        changed = {self.open_person, identifier}
        self.open_person = identifier
        for number, row in enumerate(self._rows):
            if row.identifier in changed:
                self.dataChanged.emit(self.index(number, 0), self.index(number, PILL))

    def row(self, number: int) -> StaffRow | None:
        """The row with this number; None outside the list."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def pill(self, row: StaffRow) -> Pill | None:
        """The row's state."""
        return mark_open(row, self.open_person, self._words)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature that Qt calls
        """How many people."""
        return len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature that Qt calls
        """How many columns."""
        return len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Titles of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = 0) -> object:
        """The words of one cell, also for screen readers."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self._rows[index.row()]
        pill = self.pill(row)
        cells = (row.time, row.name, row.number, row.born, row.answers, row.place, pill.text if pill else "")
        return cells[index.column()]


class StaffDelegate(QStyledItemDelegate):
    """Paints a cell: hairline below, name in bold with age, state as a pill."""

    def __init__(self, theme: Theme, model: StaffModel) -> None:
        super().__init__()
        self._theme, self._model = theme, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Fixed: measuring each of thousands of rows would take seconds."""
        return QSize(60, self._theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        row = self._model.row(index.row())
        if row is None:
            return
        theme = self._theme
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("clinician"))
            if index.column() == 0:
                painter.fillRect(box.left(), box.top(), theme.px(4), box.height(), theme.color("blue"))
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        room = box.adjusted(theme.px(_PAD), 0, -theme.px(8), 0)
        if index.column() == PILL:
            self._paint_pill(painter, room, row)
        elif index.column() == NAME:
            self._paint_name(painter, room, row)
        else:
            self._paint_text(painter, room, str(index.data() or ""))
        painter.restore()

    def _paint_name(self, painter: QPainter, room: QRect, row: StaffRow) -> None:
        theme = self._theme
        bold = theme.staff_font("text", SEMIBOLD)
        age_font = theme.staff_font("small")
        age_width = QFontMetrics(age_font).horizontalAdvance(row.age) + theme.px(10)
        name = QFontMetrics(bold).elidedText(row.name, Qt.TextElideMode.ElideRight, room.width() - age_width)
        self._paint_text(painter, room, name, bold, theme.color("ink"))
        left = room.left() + QFontMetrics(bold).horizontalAdvance(name) + theme.px(8)
        self._paint_text(painter, QRect(left, room.top(), age_width, room.height()), row.age, age_font)

    def _paint_text(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        font: QFont | None = None,
        color: QColor | None = None,
    ) -> None:
        font = font or self._theme.staff_font("text", REGULAR)
        painter.setFont(font)
        painter.setPen(color or self._theme.color("ink_2"))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_pill(self, painter: QPainter, room: QRect, row: StaffRow) -> None:
        pill = self._model.pill(row)
        if pill is None:
            return
        theme = self._theme
        area, ink = _TONES[pill.tone]
        font = theme.staff_font("small", MEDIUM)
        width = QFontMetrics(font).horizontalAdvance(pill.text) + theme.px(26)
        height = theme.px(30)
        box = QRectF(room.left(), room.center().y() - height / 2, min(width, room.width()), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(theme.color(area)))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(theme.color(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, pill.text)


class StaffHeader(QHeaderView):
    """Titles of the columns as quiet words over a hairline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one title."""
        theme = self._theme
        painter.fillRect(rect, theme.color("card"))
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.staff_font("small", MEDIUM))
        painter.setPen(theme.color("ink_2"))
        title = str(self.model().headerData(logicalIndex, self.orientation()) or "")
        room = rect.adjusted(theme.px(_PAD), 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)


class StaffTable(QTableView):
    """The list: arrows move, return or a click opens.

    Signals:
        person_chosen: a person is to be opened; carries the identifier.
    """

    person_chosen = Signal(object)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = StaffModel(words)
        self._delegate = StaffDelegate(theme, self.rows)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(words("Patients"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        quiet_scroll_bar(self, theme)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._prepare_header(theme)
        self.clicked.connect(lambda index: self._choose(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the person of the current row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave answers and place out where names would be cut off; the state still says who is ready."""
        super().resizeEvent(event)
        for column in (_ANSWERS, _PLACE):
            self.setColumnHidden(column, self.width() < self._narrow)

    def _choose(self, number: int) -> None:
        row = self.rows.row(number)
        if row is not None:
            self.person_chosen.emit(row.identifier)

    def _prepare_header(self, theme: Theme) -> None:
        self._narrow = theme.px(_NARROW)
        header = StaffHeader(theme)
        self.setHorizontalHeader(header)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setFixedHeight(theme.px(44))
        header.setMinimumSectionSize(theme.px(40))
        for column, width in enumerate(_WIDTHS):
            if width:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, theme.px(width))
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
