"""One held message laid out: masked until somebody says why they look, and that is on record."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from clinic_app.model.access import LookReason
from clinic_app.model.words import Words
from clinic_app.ui.buttons import QUIET, PlainButton
from clinic_app.ui.labels import PlainLabel
from clinic_app.ui.shapes import quiet_scroll_bar
from clinic_app.ui.theme import MEDIUM, REGULAR, SEMIBOLD, Theme
from clinic_app.viewmodels.message_lines import LineKind, MessageLine
from clinic_app.viewmodels.workbench import EntryView

_INDENT = {LineKind.SEGMENT: "", LineKind.FIELD: "  ", LineKind.PART: "      ", LineKind.REMARK: "  ▸ "}


class EntryPart(QWidget):
    """Heading, the message, and buttons to the other entries and to the values.

    Signals:
        turned: another entry is to be shown; carries +1 (older) or -1.
        asked: the values are to be shown; carries the reason.
    """

    turned = Signal(int)
    asked = Signal(object)

    def __init__(self, theme: Theme, words: Words, reasons: tuple[tuple[LookReason, str], ...]) -> None:
        super().__init__()
        self._theme = theme
        ink, quiet = theme.color("ink"), theme.color("ink_2")
        small = theme.staff_font("small", MEDIUM)
        self.heading = PlainLabel(theme.staff_font("text", SEMIBOLD), ink)
        self.place = PlainLabel(theme.staff_font("small"), quiet)
        self.newer = PlainButton(theme, words("Newer"), small, QUIET)
        self.older = PlainButton(theme, words("Older"), small, QUIET)
        self.values = PlainButton(theme, words("Show the values"), small, QUIET)
        self.text = QPlainTextEdit()
        self.why = QWidget()
        self.reasons = [PlainButton(theme, said, small) for _, said in reasons]
        for button, (reason, _) in zip(self.reasons, reasons, strict=True):
            button.clicked.connect(partial(self._ask, reason))
        self.newer.clicked.connect(lambda: self.turned.emit(-1))
        self.older.clicked.connect(lambda: self.turned.emit(1))
        self.values.clicked.connect(lambda: self.why.setVisible(not self.why.isVisible()))
        self._arrange(words)

    def show_entry(self, view: EntryView | None) -> None:
        """Draw this entry, or nothing."""
        self.setVisible(view is not None)
        self.why.hide()
        if view is None:
            self.text.clear()
            return
        self.heading.say(view.heading)
        self.place.say(view.place)
        self.values.setVisible(view.masked)
        self.text.clear()
        cursor = self.text.textCursor()
        for number, line in enumerate(view.lines):
            cursor.insertText("\n" if number else "", QTextCharFormat())
            cursor.insertText(_said(line), self._format(line.kind))
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _format(self, kind: LineKind) -> QTextCharFormat:
        form = QTextCharFormat()
        weight = SEMIBOLD if kind is LineKind.SEGMENT else REGULAR
        form.setFont(self._theme.staff_font("small", weight))
        form.setForeground(self._theme.color("check_text" if kind is LineKind.REMARK else "ink"))
        return form

    def _ask(self, reason: LookReason, _checked: bool = False) -> None:
        self.why.hide()
        self.asked.emit(reason)

    def _arrange(self, words: Words) -> None:
        theme, column = self._theme, QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        top = QHBoxLayout()
        titles = QVBoxLayout()
        titles.setSpacing(0)
        self.heading.setWordWrap(True)
        titles.addWidget(self.heading)
        titles.addWidget(self.place)
        top.addLayout(titles, 1)
        for button in (self.newer, self.older, self.values):
            top.addWidget(button)
        column.addLayout(top)
        asking = QVBoxLayout(self.why)
        asking.setContentsMargins(0, 0, 0, 0)
        question = words("Why? It is noted with your name.")
        asking.addWidget(PlainLabel(theme.staff_font("small", MEDIUM), theme.color("check_text"), question))
        for button in self.reasons:
            asking.addWidget(button)
        self.why.hide()
        column.addWidget(self.why)
        text = self.text
        text.setReadOnly(True)
        text.setFrameShape(QFrame.Shape.NoFrame)
        text.setFont(theme.staff_font("small"))
        text.setAccessibleName(words("The message"))
        palette = text.palette()
        palette.setColor(QPalette.ColorRole.Base, theme.color("paper"))
        text.setPalette(palette)
        quiet_scroll_bar(text, theme)
        column.addWidget(text, 1)


def _said(line: MessageLine) -> str:
    parts = [part for part in (line.place, line.name) if part]
    head = "  ".join(parts)
    return f"{_INDENT[line.kind]}{head}{': ' if line.text and head else ''}{line.text}"
