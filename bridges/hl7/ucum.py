"""Whether a text is a unit of UCUM: asked of Pint with ucumvert, which are touched nowhere else.

The registry takes more than a second to build, so it is asked only for a unit that is not plainly one of
those that results come in. It judges; values are converted by the exact fractions of
`clinic_app.model.units`, since Pint computes in floating point (the tests hold one against the other).
Source: UCUM 2.1.
"""

import re
from functools import cache
from typing import Any

from clinic_app.model.units import FACTORS, is_concentration

_PLAIN = frozenset(unit for pair in FACTORS for unit in pair) | frozenset(
    ("kg/m2", "m2", "/min", "mm[Hg]", "Cel", "[degF]")
)
"""Known without asking."""
_ANNOTATION = re.compile(r"\{[!-z|~]{1,40}\}")


def is_unit(text: str) -> bool:
    """Whether `text` is a UCUM unit; the first unusual one takes more than a second."""
    return text in _PLAIN or is_concentration(text) or bool(_ANNOTATION.fullmatch(text)) or asked(text)


@cache
def asked(text: str) -> bool:
    """Whether Pint takes `text` as a UCUM unit, whatever is known without it."""
    # Imported here for the time that it takes, which most starts need not.
    from lark.exceptions import LarkError  # noqa: PLC0415

    try:
        _registry().from_ucum(text)
    except LarkError:
        return False
    return True


@cache
def _registry() -> Any:
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 - as above

    return PintUcumRegistry()
