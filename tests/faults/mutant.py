"""A bridge that answers before its commit is durable: the fault proof must find it out (run as a process)."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from clinic_app.app.bridge import run_bridge
from clinic_app.app.bridge_parts import bridge_parts
from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.store.intake import IntakeFile


class EagerFile(IntakeFile):
    """Commits a group only when the next one begins, so its answers go out before."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._commit()
        self._connection.execute("BEGIN IMMEDIATE")
        yield

    def close(self) -> None:
        self._commit()
        super().close()

    def _commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")


def main() -> None:
    """The bridge command with that file in place of the real one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["bridge"])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ready", type=Path, required=True)
    asked = parser.parse_args()
    with Clinic(Context.of(asked.home, None), writer="bridge") as clinic:
        run_bridge(replace(bridge_parts(clinic, asked.port, asked.ready, ""), open_ledger=EagerFile))


if __name__ == "__main__":
    main()
