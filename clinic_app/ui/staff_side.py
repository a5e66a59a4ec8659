"""Beside the list: the open person as staff see them, and what can be done with the shared screen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.buttons import FILLED, OUTLINE, PlainButton
from clinic_app.ui.labels import PlainLabel
from clinic_app.ui.shapes import Card, quiet_scroll_bar
from clinic_app.ui.theme import MEDIUM, SEMIBOLD, Theme
from clinic_app.viewmodels.staff_person import Entry, Section, StaffPerson


class StaffSide(Card):
    """The open person: news first, then what to look at; private topics only after a click.

    Signals:
        take_over_asked: draw everything that may be shared on the shared screen.
        close_asked: end the visit.
        curtain_asked: draw or lift the curtain.
    """

    take_over_asked = Signal()
    close_asked = Signal()
    curtain_asked = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme.color("card"), theme.shape("card_radius"), theme.color("hairline"), parent)
        self._theme, self._words = theme, words
        self._private: tuple[str, ...] = ()
        self.person: StaffPerson | None = None
        self.name = PlainLabel(theme.staff_font("title", SEMIBOLD), theme.color("ink"))
        self.identity = PlainLabel(theme.staff_font("small"), theme.color("ink_2"))
        text = theme.staff_font("small", MEDIUM)
        self.curtain_button = PlainButton(
            theme, words("{words}  {key}", words=words("Hide screen"), key="F9"), text
        )
        self.close_button = PlainButton(theme, words("End visit"), text)
        self.take_over_button = PlainButton(theme, words("Update the shared screen"), text, FILLED)
        self.private_button = PlainButton(theme, words("Read private topics"), text, OUTLINE)
        self._arrange()
        self.curtain_button.clicked.connect(self.curtain_asked.emit)
        self.close_button.clicked.connect(self.close_asked.emit)
        self.take_over_button.clicked.connect(self.take_over_asked.emit)
        self.private_button.clicked.connect(self._show_private)
        self.show_person(None)

    def show_person(self, person: StaffPerson | None) -> None:
        """Show a person, or that nobody is open; nothing of a former one stays."""
        if person is not None and person == self.person:
            return
        self.person = person
        self._clear()
        self.name.say(person.name if person else self._words("Nobody is open"))
        self.identity.say(person.identity if person else "")
        for button in (self.curtain_button, self.close_button):
            button.setVisible(person is not None)
        self._private = person.private if person else ()
        self.private_button.setVisible(bool(self._private))
        self.take_over_button.setVisible(person is not None and bool(person.news.entries))
        if person is None:
            self._add_text(
                self._words("Choose a person in the list. Return opens, F9 hides the shared screen."), ""
            )
            return
        for section in (person.news, *person.sections):
            if section.entries:
                self._add_section(section)
        self._rows.addStretch()

    def _show_private(self) -> None:
        self.private_button.hide()
        self._rows.takeAt(self._rows.count() - 1)
        entries = tuple(Entry(text) for text in self._private)
        self._add_section(Section(self._words("Private topics"), entries))
        self._rows.addStretch()

    def _add_section(self, section: Section) -> None:
        theme = self._theme
        if self._rows.count():
            self._rows.addSpacing(theme.px(14))
        self._rows.addWidget(
            PlainLabel(theme.staff_font("small", SEMIBOLD), theme.color("ink_2"), section.title)
        )
        for entry in section.entries:
            self._add_text(entry.text, entry.detail, check=entry.check)

    def _add_text(self, text: str, detail: str, *, check: bool = False) -> None:
        theme = self._theme
        card = Card(theme.color("check" if check else "card"), theme.px(8))
        column = QVBoxLayout(card)
        side = theme.px(10 if check else 0)
        column.setContentsMargins(side, theme.px(6 if check else 2), side, theme.px(6 if check else 2))
        column.setSpacing(theme.px(2))
        ink = theme.color("ink")
        column.addWidget(_wrapped(PlainLabel(theme.staff_font("text"), ink, text)))
        if detail:
            small = theme.color("check_text" if check else "ink_2")
            column.addWidget(_wrapped(PlainLabel(theme.staff_font("small"), small, detail)))
        self._rows.addWidget(card)

    def _clear(self) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _arrange(self) -> None:
        theme = self._theme
        column = QVBoxLayout(self)
        pad = theme.px(22)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.px(8))
        _wrapped(self.name)
        column.addWidget(self.name)
        column.addWidget(self.identity)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(10))
        buttons.addWidget(self.curtain_button)
        buttons.addWidget(self.close_button)
        buttons.addStretch()
        column.addLayout(buttons)
        column.addWidget(self.take_over_button)
        column.addSpacing(theme.px(6))
        area = QScrollArea()
        body = QWidget()
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(0, 0, theme.px(4), 0)
        self._rows.setSpacing(theme.px(6))
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        quiet_scroll_bar(area, theme)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        column.addWidget(area, 1)
        column.addWidget(self.private_button)


def _wrapped(label: QLabel) -> QLabel:
    label.setWordWrap(True)
    return label
