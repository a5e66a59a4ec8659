"""Makes Qt unimportable in every Python process that has this folder on its path."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

REFUSED = frozenset({"PySide6", "shiboken6", "pyqtgraph"})


class QtRefuser:
    """A finder that stands before all others and refuses Qt."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError for Qt; leave every other module to the finders behind."""
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"{name} is unimportable in this run", name=name)
        return None


sys.meta_path.insert(0, QtRefuser())
