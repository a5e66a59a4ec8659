"""How large things must be on a screen, and which arrangement then fits (ISO 9241-3, PRODUCT checklist 2)."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import hypot, radians, tan

from clinic_app.viewmodels.look import Look

CAPITAL = 0.72
"""Height of a capital letter as a part of the font size."""
READABLE_MINUTES = 16
"""Least character height in minutes of arc."""
SMALLEST = 23.27
"""Font size in px that 16 minutes of arc take on the screen that the tokens are drawn for (24 inch,
1920×1080, 1.0 m).
"""
_MM_PER_INCH = 25.4
_FULL = (1840.0, 1020.0)
_FULL_PIXELS = 1500
_COMPACT = (1220.0, 680.0)


class Arrangement(StrEnum):
    """Three charts above each other, or one large chart with selector tiles."""

    FULL = "full"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """What the exam room and the clinic chose.

    Attributes:
        look: the theme.
        viewing_distance_m: from the eyes to the shared screen.
        screen_inches: its diagonal.
        pixels: its width and height.
        demonstration: whether all people are invented; then every screen says so.
        clinic_name: shown on the curtain.
    """

    look: Look
    viewing_distance_m: float = 1.0
    screen_inches: float = 24.0
    pixels: tuple[int, int] = (1920, 1080)
    demonstration: bool = False
    clinic_name: str = ""

    def on_pixels(self, pixels: tuple[int, int]) -> "ScreenSettings":
        """The same room with a screen of the same diagonal that has these pixels."""
        return replace(self, pixels=pixels)

    def drawn_at(self, size: tuple[int, int]) -> "ScreenSettings":
        """The same room with a screen of this many pixels, each as large as now (a picture of another
        size).
        """
        inches = self.screen_inches * hypot(*size) / hypot(*self.pixels)
        return replace(self, pixels=size, screen_inches=inches)


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """Scale of everything, and the arrangement that then fits."""

    scale: float
    arrangement: Arrangement

    def px(self, design: float) -> int:
        """A length of the design on this screen, in whole px."""
        return round(design * self.scale)


def readable_px(settings: ScreenSettings, minutes: float = READABLE_MINUTES) -> float:
    """Font size in px whose capitals have this height in minutes of arc."""
    pitch = settings.screen_inches * _MM_PER_INCH / hypot(*settings.pixels)
    height = settings.viewing_distance_m * 1000 * tan(radians(minutes / 60))
    return height / pitch / CAPITAL


def plan_screen(settings: ScreenSettings, size: tuple[int, int]) -> ScreenPlan:
    """Scale and arrangement for a window of this size: readable, and larger where there is room.

    Where a screen is too small for readable letters at its distance, everything still fits and the letters
    are as large as that allows; `readable_px` tells by how much they fall short.
    """
    scale = readable_px(settings) / SMALLEST
    width, height = size
    if width >= _FULL_PIXELS and width / scale >= _FULL[0] and height / scale >= _FULL[1]:
        return ScreenPlan(max(scale, min(width / 1920, height / 1080)), Arrangement.FULL)
    largest = min(width / _COMPACT[0], height / _COMPACT[1])
    return ScreenPlan(min(largest, max(scale, width / 1366, height / 768)), Arrangement.COMPACT)
