"""The look as data: colours, type sizes and shapes from ``resources/themes``, and the names of the font
files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

THEME = "themes/calm.toml"
"""The theme under ``resources/``."""
FONTS = tuple(f"fonts/Inter-{weight}.otf" for weight in ("Regular", "Medium", "SemiBold", "Bold"))
"""Font files under ``resources/``."""


@dataclass(frozen=True, slots=True)
class Look:
    """Tokens of one theme; sizes are pixels at scale 1.

    Attributes:
        colours: ``#RRGGBB`` by name.
        sizes: font sizes of the shared screen by role.
        staff_sizes: font sizes of the staff window by role.
        shape: radii, line width and mark sizes.
        fonts: bytes of the font files.
    """

    colours: Mapping[str, str]
    sizes: Mapping[str, int]
    staff_sizes: Mapping[str, int]
    shape: Mapping[str, int]
    fonts: tuple[bytes, ...] = ()


def read_look(toml: Callable[[str], Mapping[str, object]], data: Callable[[str], bytes]) -> Look:
    """The look from the two readers of shipped data (a TOML table by name, bytes by name).

    Raises KeyError or TypeError where the theme lacks a table.
    """
    theme = toml(THEME)
    colours = {name: str(value) for name, value in _table(theme, "colours").items()}
    return Look(
        colours=colours,
        sizes=_numbers(theme, "type"),
        staff_sizes=_numbers(theme, "staff_type"),
        shape=_numbers(theme, "shape"),
        fonts=tuple(data(name) for name in FONTS),
    )


def _table(theme: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = theme[name]
    if not isinstance(table, Mapping):
        raise TypeError(f"[{name}] is not a table")
    return table


def _numbers(theme: Mapping[str, object], name: str) -> Mapping[str, int]:
    return {key: int(str(value)) for key, value in _table(theme, name).items()}
