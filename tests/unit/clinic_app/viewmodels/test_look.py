"""The theme that ships can be read, and says what LOOK says."""

import pytest

from clinic_app.system.resources import Resources
from clinic_app.viewmodels.look import FONTS, read_look


def test_the_shipped_theme_is_complete() -> None:
    resources = Resources()
    look = read_look(resources.toml, resources.data)
    assert look.colours["blue"] == "#0A5A9C"
    assert (look.sizes["value"], look.sizes["name"], look.sizes["title"], look.sizes["small"]) == (
        52,
        34,
        32,
        24,
    )
    assert min(look.staff_sizes.values()) >= 16
    assert look.shape["last_mark"] == 22
    assert len(look.fonts) == len(FONTS)
    assert all(font[:4] == b"OTTO" for font in look.fonts)


def test_a_theme_without_a_table_is_refused() -> None:
    with pytest.raises(TypeError):
        read_look(lambda name: {"colours": "none"}, lambda name: b"")
