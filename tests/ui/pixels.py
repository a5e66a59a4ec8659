"""Measures on rendered pixels: contrast, and what two pictures have in common."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

Pixels = NDArray[np.uint8]


def pixels_of(image: QImage) -> Pixels:
    """Rows × columns × RGB."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), dtype=np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).copy()


def drawn(widget: QWidget) -> Pixels:
    """A widget's pixels as the window that holds it draws them (its background included)."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint(0, 0))
    return pixels_of(window.grab(QRect(corner, widget.size())).toImage())


def luminance(color: tuple[int, int, int]) -> float:
    """Relative luminance by WCAG 2."""
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    """Contrast ratio by WCAG 2, 1 to 21."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_contrast(pixels: Pixels) -> float:
    """Contrast between the commonest colour (the ground) and the strongest of the others (the letters)."""
    counted = Counter((red, green, blue) for red, green, blue in pixels.reshape(-1, 3).tolist())
    ground = counted.most_common(1)[0][0]
    return max((contrast(ground, color) for color, count in counted.items() if count >= 3), default=1.0)


def has_color(pixels: Pixels, color: QColor, at_least: int = 5) -> bool:
    """Whether so many pixels have exactly this colour."""
    wanted = np.array([color.red(), color.green(), color.blue()], dtype=np.uint8)
    return int((pixels == wanted).all(axis=2).sum()) >= at_least
