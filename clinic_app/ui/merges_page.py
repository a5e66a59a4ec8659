"""The staff window's page of numbers that may be one person: two sides, one decision, always undoable."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import FILLED, OUTLINE, PlainButton
from clinic_app.ui.labels import PlainLabel
from clinic_app.ui.shapes import Card, quiet_scroll_bar
from clinic_app.ui.theme import MEDIUM, SEMIBOLD, Theme
from clinic_app.viewmodels.merges import MergeCard, SideLines


class MergesPage(QWidget):
    """Cards one below the other.

    Signals:
        decided: a person decided; carries the pair, whether the two are joined, and whether different birth
            dates were seen.
    """

    decided = Signal(object, bool, bool)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self.buttons: list[PlainButton] = []
        self._arrange()

    def show_cards(self, cards: Sequence[MergeCard]) -> None:
        """Draw these and nothing else."""
        self._clear()
        if not cards:
            text = self._words("There is nothing to compare.")
            self._rows.addWidget(PlainLabel(self._theme.staff_font("text"), self._theme.color("ink_2"), text))
        for card in cards:
            self._rows.addWidget(self._card(card))
        self._rows.addStretch()

    def wait(self) -> None:
        """A decision is on its way: nothing can be pressed twice."""
        for button in self.buttons:
            button.setEnabled(False)

    def _card(self, card: MergeCard) -> QWidget:
        theme = self._theme
        frame = Card(theme.color("card"), theme.shape("inner_radius"), theme.color("hairline"))
        column = QVBoxLayout(frame)
        pad = theme.px(18)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.px(10))
        column.addWidget(PlainLabel(theme.staff_font("text", SEMIBOLD), theme.color("ink"), card.title))
        column.addWidget(PlainLabel(theme.staff_font("small"), theme.color("ink_2"), card.note))
        for reason in card.against:
            column.addWidget(self._warning(reason))
        if card.sides:
            sides = QHBoxLayout()
            sides.setSpacing(theme.px(14))
            for side in card.sides:
                sides.addWidget(self._side(side), 1)
            column.addLayout(sides)
        column.addLayout(self._decisions(card))
        return frame

    def _side(self, side: SideLines) -> QWidget:
        theme = self._theme
        frame = Card(theme.color("clinician"), theme.px(10))
        column = QVBoxLayout(frame)
        pad = theme.px(14)
        column.setContentsMargins(pad, theme.px(10), pad, theme.px(10))
        column.setSpacing(theme.px(4))
        ink, quiet = theme.color("ink"), theme.color("ink_2")
        column.addWidget(PlainLabel(theme.staff_font("small", MEDIUM), quiet, side.role))
        lines = [PlainLabel(theme.staff_font("text", SEMIBOLD), ink, side.name)]
        lines += [PlainLabel(theme.staff_font("text"), ink, line) for line in side.lines]
        for label in lines:
            label.setWordWrap(True)
            column.addWidget(label)
        column.addStretch()
        return frame

    def _warning(self, reason: str) -> QWidget:
        theme = self._theme
        frame = Card(theme.color("check"), theme.px(8))
        row = QHBoxLayout(frame)
        row.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        row.addWidget(PlainLabel(theme.staff_font("text", MEDIUM), theme.color("check_text"), reason))
        return frame

    def _decisions(self, card: MergeCard) -> QHBoxLayout:
        words, row = self._words, QHBoxLayout()
        row.setSpacing(self._theme.px(10))
        if card.joined:
            choices = [(words("Show them as two people again"), OUTLINE, False)]
        else:
            yes = (
                words("One person, although this differs") if card.although else words("They are one person")
            )
            # Where something speaks against it, neither answer is the easy one.
            style = OUTLINE if card.against else FILLED
            choices = [(yes, style, True), (words("They are two people"), OUTLINE, False)]
        for text, style, joined in choices:
            button = PlainButton(self._theme, text, self._theme.staff_font("small", MEDIUM), style)
            button.clicked.connect(partial(self._tell, card, joined))
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch()
        return row

    def _tell(self, card: MergeCard, joined: bool, _checked: bool = False) -> None:
        self.wait()
        self.decided.emit(card.pair, joined, joined and card.although)

    def _clear(self) -> None:
        self.buttons.clear()
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _arrange(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area, body = QScrollArea(), QWidget()
        self._rows = QVBoxLayout(body)
        pad = self._theme.px(12)
        self._rows.setContentsMargins(pad, pad, pad, pad)
        self._rows.setSpacing(self._theme.px(14))
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        quiet_scroll_bar(area, self._theme)
        outer.addWidget(area)
