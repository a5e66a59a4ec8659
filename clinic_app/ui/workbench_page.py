"""The staff window's page of what is held: causes on the left; on the right what mends the chosen one, what
that would free, and a message that it holds.
"""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import FILLED, PlainButton
from clinic_app.ui.entry_view import EntryPart
from clinic_app.ui.labels import PlainLabel
from clinic_app.ui.line_list import LineList
from clinic_app.ui.shapes import FocusCard, Hairline
from clinic_app.ui.theme import MEDIUM, SEMIBOLD, Theme
from clinic_app.viewmodels.mend_words import ListLine
from clinic_app.viewmodels.workbench import CauseDetail, look_reasons

_CHOICES_HEIGHT = 145
"""Two choices and the beginning of a third, so that it is seen that there are more."""


class WorkbenchPage(QWidget):
    """What is held, by cause.

    Signals:
        cause_chosen, mend_chosen: carry the number of the line.
        searched: the choices are to be narrowed; carries the words.
        apply_asked: the chosen mend is to be written. again_asked: the profile was mended by hand.
        undo_asked: the last mend is to be taken back.
        entry_asked: another entry, +1 older or -1. values_asked: carries the reason.
    """

    cause_chosen = Signal(int)
    mend_chosen = Signal(int)
    searched = Signal(str)
    apply_asked = Signal()
    again_asked = Signal()
    undo_asked = Signal()
    entry_asked = Signal(int)
    values_asked = Signal(object)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        ink, quiet, small = theme.color("ink"), theme.color("ink_2"), theme.staff_font("small", MEDIUM)
        self.summary = PlainLabel(theme.staff_font("text", SEMIBOLD), ink)
        self.causes = LineList(theme, words("What is held, by cause"))
        self.undo_note = PlainLabel(theme.staff_font("small"), quiet)
        self.undo = PlainButton(theme, words("Undo it"), small)
        self.title = PlainLabel(theme.staff_font("title", SEMIBOLD), ink)
        self.note = PlainLabel(theme.staff_font("small"), quiet)
        self.question = PlainLabel(theme.staff_font("text", MEDIUM), ink)
        self.search = QLineEdit()
        self.choices = LineList(theme, words("Choices"))
        self.trial = PlainLabel(theme.staff_font("text", MEDIUM), theme.color("goal_text"))
        self.apply = PlainButton(theme, words("Write it into the profile and apply"), small, FILLED)
        self.again = PlainButton(theme, words("Look at them again"), small)
        self.mend = PlainLabel(theme.staff_font("text"), ink)
        self.done = PlainLabel(theme.staff_font("text", MEDIUM), theme.color("goal_text"))
        self.entry = EntryPart(theme, words, look_reasons(words))
        for label in (self.title, self.note, self.mend, self.trial, self.done, self.undo_note, self.summary):
            label.setWordWrap(True)
        self._make_search(words)
        self._arrange()
        self._connect()
        self.show_nothing()

    def show_causes(self, summary: str, lines: Sequence[ListLine], undo: str) -> None:
        """Draw the causes and what can be undone; none is chosen yet."""
        self.summary.say(summary)
        self.causes.show_lines(lines)
        self.causes.setVisible(bool(lines))
        self.undo_note.say(undo)
        self.undo.setVisible(bool(undo))
        self.undo.setEnabled(True)

    def show_nothing(self) -> None:
        """Nothing is chosen, since nothing is held."""
        for label in (self.title, self.note, self.question, self.mend, self.trial, self.done):
            label.say("")
        for part in (self._field, self.choices, self.apply, self.again):
            part.hide()
        self.entry.show_entry(None)

    def show_detail(self, detail: CauseDetail) -> None:
        """Say what the chosen cause is, and what can be done."""
        self.title.say(detail.title)
        self.note.say(detail.note)
        self.question.say(detail.question)
        self.mend.say(detail.mend)
        for part in (self._field, self.choices, self.apply):
            part.setVisible(bool(detail.question))
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.again.show()
        self.again.setEnabled(True)
        self.show_trial("", ready=False)

    def show_choices(self, lines: Sequence[ListLine]) -> None:
        """Draw the choices; none is chosen."""
        self.choices.show_lines(lines)
        self.show_trial("", ready=False)

    def show_trial(self, text: str, *, ready: bool) -> None:
        """Say what the choice would free; only then it can be written."""
        self.trial.say(text)
        self.apply.setEnabled(ready)
        self.apply.setVisible(ready)

    def wait(self) -> None:
        """Something is being done: nothing can be pressed twice."""
        for button in (self.apply, self.again, self.undo):
            button.setEnabled(False)

    def _connect(self) -> None:
        self.causes.chosen.connect(self.cause_chosen.emit)
        self.choices.chosen.connect(self.mend_chosen.emit)
        self.search.textChanged.connect(self.searched.emit)
        self.apply.clicked.connect(lambda: self.apply_asked.emit())
        self.again.clicked.connect(lambda: self.again_asked.emit())
        self.undo.clicked.connect(lambda: self.undo_asked.emit())
        self.entry.turned.connect(self.entry_asked.emit)
        self.entry.asked.connect(self.values_asked.emit)

    def _make_search(self, words: Words) -> None:
        search = self.search
        search.setFont(self._theme.staff_font("text"))
        search.setPlaceholderText(words("Search the choices"))
        search.setAccessibleName(words("Search the choices"))
        search.setClearButtonEnabled(True)
        search.setFrame(False)
        palette = search.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("card"))
        search.setPalette(palette)
        self._field = FocusCard(self._theme, search)
        self._field.setFixedHeight(self._theme.px(40))
        inside = QHBoxLayout(self._field)
        inside.setContentsMargins(self._theme.px(12), 2, self._theme.px(8), 2)
        inside.addWidget(search)

    def _arrange(self) -> None:
        theme, columns = self._theme, QHBoxLayout(self)
        pad = theme.px(14)
        columns.setContentsMargins(pad, theme.px(10), pad, theme.px(10))
        columns.setSpacing(theme.px(18))
        left = QVBoxLayout()
        left.setSpacing(theme.px(8))
        left.addWidget(self.summary)
        left.addWidget(self.causes, 1)
        left.addStretch()
        left.addWidget(self.undo_note)
        left.addWidget(self.undo)
        columns.addLayout(left, 4)
        right = QVBoxLayout()
        right.setSpacing(theme.px(8))
        for part in (self.done, self.title, self.note, self.mend, self.question, self._field):
            right.addWidget(part)
        self.choices.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.choices.setMinimumHeight(theme.px(_CHOICES_HEIGHT))
        right.addWidget(self.choices, 3)
        right.addWidget(self.trial)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(10))
        buttons.addWidget(self.apply)
        buttons.addWidget(self.again)
        buttons.addStretch()
        right.addLayout(buttons)
        right.addWidget(Hairline(theme.color("hairline")))
        right.addWidget(self.entry, 4)
        columns.addLayout(right, 7)
