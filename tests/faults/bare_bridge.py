"""The bridge without its children, to be traced; with ``off`` as third word it forgets to sync."""

import sys
from pathlib import Path

from clinic_app.app.bridge import BridgeParts, run_bridge
from clinic_app.store.intake import IntakeFile
from clinic_app.system.clock import SystemClock
from clinic_app.system.paths import Home

KEY = bytes(range(32))


class Forgetful(IntakeFile):
    """Never syncs: what it answered for may be gone after a power cut."""

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__(path, key)
        self._connection.execute("PRAGMA synchronous=OFF")


def main(root: Path, ready: Path, off: bool) -> None:
    """Run until SIGTERM."""
    ledger = Forgetful if off else IntakeFile
    run_bridge(BridgeParts(Home(root), KEY, SystemClock(), port=0, ready=ready, open_ledger=ledger))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] == ["off"])
