"""Screens drawn to files, without a display."""

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.words import English
from clinic_app.ui.snapshot import render
from clinic_app.viewmodels.screen import ScreenSettings
from tests.ui.desk import MemoryDesk
from tests.ui.factory import MAYA
from tests.ui.pixels import has_color, pixels_of


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (3840, 2160), (800, 600)])
@pytest.mark.parametrize("screen", ["shared", "staff", "curtain"])
def test_each_screen_is_drawn_at_its_size(
    settings: ScreenSettings, tmp_path: Path, screen: str, size: tuple[int, int]
) -> None:
    out = tmp_path / "screen.png"
    render(MemoryDesk(), settings, English(), MAYA, screen, size, out)
    image = QImage(str(out))
    assert (image.width(), image.height()) == size
    blue = QColor(settings.look.colours["blue"])
    assert has_color(pixels_of(image), blue) is (screen != "curtain")


def test_a_file_that_cannot_be_written_says_so(settings: ScreenSettings, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="FILE-NOT-WRITTEN"):
        render(MemoryDesk(), settings, English(), MAYA, "shared", (1366, 768), tmp_path / "no" / "way.png")
