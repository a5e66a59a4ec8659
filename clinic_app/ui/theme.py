"""Turns the look's tokens into Qt's fonts, colours and lengths at one scale."""

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.viewmodels.look import Look

REGULAR, MEDIUM, SEMIBOLD, BOLD = (
    QFont.Weight.Normal,
    QFont.Weight.Medium,
    QFont.Weight.DemiBold,
    QFont.Weight.Bold,
)
FAMILY = "Inter"


def load_fonts(look: Look) -> None:
    """Make the shipped font files known to this application; once per process is enough."""
    if FAMILY in QFontDatabase.families() and len(QFontDatabase.styles(FAMILY)) >= len(look.fonts):
        return
    for data in look.fonts:
        QFontDatabase.addApplicationFontFromData(QByteArray(data))


class Theme:
    """Fonts, colours and lengths of one window.

    Attributes:
        look: the tokens.
        scale: factor of every length and size.
    """

    def __init__(self, look: Look, scale: float) -> None:
        self.look = look
        self.scale = scale

    def px(self, design: float) -> int:
        """A length of the design in whole px."""
        return round(design * self.scale)

    def size(self, role: str) -> int:
        """Font size in px of a role of the shared screen."""
        return self.px(self.look.sizes[role])

    def font(self, role: str, weight: QFont.Weight = REGULAR) -> QFont:
        """The font of a role of the shared screen."""
        return font_of(self.size(role), weight)

    def staff_font(self, role: str, weight: QFont.Weight = REGULAR) -> QFont:
        """The font of a role of the staff window."""
        return font_of(self.px(self.look.staff_sizes[role]), weight)

    def color(self, name: str) -> QColor:
        """A colour by its token."""
        return QColor(self.look.colours[name])

    def shape(self, name: str) -> float:
        """A radius, width or mark size in px."""
        return self.look.shape[name] * self.scale


def font_of(pixels: int, weight: QFont.Weight) -> QFont:
    """The one family at a size in px, unhinted so that widths scale evenly."""
    font = QFont(FAMILY)
    font.setPixelSize(max(1, pixels))
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def ink(widget: QWidget, color: QColor) -> None:
    """Set a widget's text colour."""
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.WindowText, color)
    palette.setColor(QPalette.ColorRole.Text, color)
    palette.setColor(QPalette.ColorRole.ButtonText, color)
    widget.setPalette(palette)


def dress(application: QApplication, theme: Theme) -> None:
    """Style, fonts and base colours of the whole application; no style sheets."""
    load_fonts(theme.look)
    application.setStyle("Fusion")
    application.setFont(font_of(theme.px(theme.look.staff_sizes["text"]), REGULAR))
    palette = QPalette(theme.color("paper"))
    palette.setColor(QPalette.ColorRole.WindowText, theme.color("ink"))
    palette.setColor(QPalette.ColorRole.Text, theme.color("ink"))
    palette.setColor(QPalette.ColorRole.Base, theme.color("card"))
    palette.setColor(QPalette.ColorRole.Highlight, theme.color("blue"))
    palette.setColor(QPalette.ColorRole.PlaceholderText, theme.color("ink_2"))
    application.setPalette(palette)
