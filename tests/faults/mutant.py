"""A bridge that answers before its commit is durable: the fault proof must find it out (run as a process)."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from clinic_app.app.bridge import run_bridge
from clinic_app.app.bridge_parts import bridge_parts
from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.model.entries import Landed, Received
from clinic_app.store.intake import IntakeFile

LAG_SECONDS = 0.1


class EagerFile(IntakeFile):
    """Answers go out as ever, but the commit behind them comes up to `LAG_SECONDS` later."""

    _began = 0.0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if time.monotonic() - self._began > LAG_SECONDS:
            self._commit()
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
            self._began = time.monotonic()
        yield

    def land_alone(self, received: Received) -> Landed:
        with self.transaction():
            return self.land(received)

    def tidy(self) -> None:
        """Nothing, since a transaction is open."""

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
