"""What a patient has filled in and not sent yet: the words as typed, kept apart from what the clinic may
read."""

import json
from collections.abc import Mapping
from datetime import datetime

from bridges.portal.store.database import Database
from bridges.portal.store.resources import Run, stamp_of


class DraftStore:
    """One draft per patient; it is gone once it is sent."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        self._database = database

    def read(self, patient: str) -> dict[str, str]:
        """The texts of all fields as typed, by field name."""
        with self._database.view() as run:
            row = run("SELECT answers FROM draft WHERE patient=?", (patient,)).fetchone()
        kept: dict[str, str] = {} if row is None else json.loads(row[0])
        return kept

    def merge(self, patient: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Keep these fields beside those kept before; returns all."""
        with self._database.unit() as run:
            row = run("SELECT answers FROM draft WHERE patient=?", (patient,)).fetchone()
            kept: dict[str, str] = {} if row is None else json.loads(row[0])
            kept.update(fields)
            run("INSERT OR REPLACE INTO draft VALUES (?,?,?)", (patient, json.dumps(kept), stamp_of(now)))
        return kept

    def forget(self, run: Run, patient: str) -> None:
        """Inside a unit: the draft is sent."""
        run("DELETE FROM draft WHERE patient=?", (patient,))
