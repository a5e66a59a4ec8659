"""The PySide6 gate: a binding that loses references to None aborts Python 3.11 in the end (6.12.0 does)."""

import sys

from PySide6.QtCore import QObject

CALLS = 20_000


def lost_references() -> int:
    """How many references to None the calls cost: 0 in a sound binding, as many as calls in a bad one."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("a")
    return before - sys.getrefcount(None)


def main() -> int:
    """0 where the binding is sound. From Python 3.12 None is immortal and cannot be lost."""
    lost = lost_references()
    print(f"references to None lost in {CALLS} calls: {lost}")
    return int(lost > CALLS // 100)


if __name__ == "__main__":
    sys.exit(main())
