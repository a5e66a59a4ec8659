"""An invented person: writes facts one after the other, as a feed would, and draws their picture."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from clinic_app.model.bodies import Body, Demographics, Measurement, content_hash
from clinic_app.model.facts import Fact, FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.build import build_picture
from clinic_app.picture.tables import RESOURCES, SHARED, PictureTables, tables_from
from clinic_app.picture.types import Picture

RESOURCE_DIR = Path(__file__).resolve().parents[4] / "resources"
SHARED_TEXT = """
series = [
  "fev1", "fev1_percent_predicted",
  "weight", "height", "bmi", "bmi_percentile", "spo2", "symptom_overall",
]
checks = ["lung_function", "ogtt"]
ingredients = ["elexacaftor", "tezacaftor", "ivacaftor", "dornase_alfa"]
kinds = ["topic"]
"""
MRN = Identifier("CLINIC", "4471")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def table_texts() -> dict[str, str]:
    """The shipped texts, with an allow-list of the tests' own."""
    found = {path: (RESOURCE_DIR / path).read_text(encoding="utf-8") for path in RESOURCES if path != SHARED}
    return {**found, SHARED: SHARED_TEXT}


TABLES: PictureTables = tables_from(table_texts())


class Chart:
    """Writes facts of one invented person, one after the other, as a feed would."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def add(
        self,
        kind: str,
        body: Body,
        at: str | None = None,
        code: str = "",
        key: str = "",
        status: str = "final",
        sent: str = "",
        source: str = "ehr",
        subject: Identifier = MRN,
        author: str = "",
    ) -> Fact:
        """Add a fact; without `key` it is a thing of its own, without `sent` it was sent when it happened."""
        moment = Moment(at) if at else None
        number = len(self.facts) + 1
        statement = Statement(
            subject=subject,
            kind=FactKind(kind),
            code=code,
            key=key or f"{kind}-{code}-{at}-{number}",
            status=FactStatus(status),
            sent_at=sent or f"{at}",
            content_hash=content_hash(kind, code, status, moment, body),
            at=moment,
            body=body,
            source=Source(source),
            author=author,
        )
        fact = Fact(number, 100 + number, datetime(2026, 1, 1, tzinfo=UTC), "1", statement)
        self.facts.append(fact)
        return fact

    def patient(self, born: str | None = "1990-06-15", sex: str = "female", **more: Any) -> Fact:
        """Add demographics."""
        born_at = Moment(born) if born else None
        return self.add(
            "patient", Demographics("Marsh", "Ada", born_at, sex), "2020-01-01", key="patient", **more
        )

    def measure(
        self, code: str, at: str | None, value: str, unit: str, comparator: str = "", **more: Any
    ) -> Fact:
        """Add a number."""
        note = str(more.pop("note", ""))
        body = Measurement(Decimal(value), value, comparator, unit, sent_unit=unit, note=note)
        return self.add("measurement", body, at, code, **more)

    def draw(self, **more: Any) -> Picture:
        """The picture today, in English, unless said otherwise."""
        given: dict[str, Any] = {
            "people": (MRN,),
            "feeds": (),
            "now": NOW,
            "tables": TABLES,
            "words": English(),
        }
        return build_picture(self.facts, **{**given, **more})
