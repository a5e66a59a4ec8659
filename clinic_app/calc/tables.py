"""Numeric tables as columns: reads the text of a reference file (passed in) into read-only arrays."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

Sex = Literal["male", "female"]
SEXES: tuple[Sex, Sex] = ("male", "female")
Column = npt.NDArray[np.float64]


def read_columns(text: str) -> Mapping[str, Column]:
    """The columns of a comma-separated numeric table by the names in its first line.

    Raises ValueError where a row has another length, a cell is no number, or the first column does not rise.
    """
    head, *rows = text.splitlines()
    names = head.split(",")
    values = np.array([[float(cell) for cell in row.split(",")] for row in rows], dtype=np.float64)
    if values.shape != (len(rows), len(names)) or not np.isfinite(values).all():
        raise ValueError(f"a table of {len(names)} finite columns was expected under: {head}")
    if not (np.diff(values[:, 0]) > 0).all():
        raise ValueError(f"the rows do not rise in {names[0]}")
    values.setflags(write=False)
    return MappingProxyType({name: values[:, at] for at, name in enumerate(names)})
