"""Proposed merges of invented people, for tests and pictures."""

from dataclasses import replace
from datetime import timedelta

from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link
from clinic_app.services.merges import Preview, Proposal, Side
from clinic_app.viewmodels.merges import MergeWork
from tests.ui.factory import NOW

MAYA, TWIN = Identifier("DEMO", "4471"), Identifier("DEMO", "9902")
OTHER, THIRD = Identifier("DEMO", "1207"), Identifier("OLDHIS", "88-1207")
SIDE = Side(
    identifiers=(MAYA,),
    family="Sample",
    given="Maya",
    birth_date=Moment("2002-03-14"),
    sex="female",
    counts=(("measurement", 412), ("patient", 1), ("visit", 21)),
    first=Moment("2021-02-11"),
    last=Moment("2026-11-20"),
)


def work() -> MergeWork:
    """One that fits, one that contradicts, one that stands."""
    fits = replace(
        SIDE, identifiers=(TWIN,), counts=(("measurement", 3), ("patient", 1)), first=Moment("2026-10-02")
    )
    differs = replace(SIDE, identifiers=(THIRD,), given="María", birth_date=Moment("1999-05-01"))
    return MergeWork(
        [
            (Proposal(71, MAYA, TWIN, "ADT|RIVERSIDE", NOW - timedelta(hours=2)), Preview(SIDE, fits, ())),
            (
                Proposal(72, OTHER, THIRD, "ADT|RIVERSIDE", NOW - timedelta(days=1)),
                Preview(replace(SIDE, identifiers=(OTHER,)), differs, ("birth_date",)),
            ),
        ],
        [Link(MAYA, OTHER, "chris", NOW - timedelta(days=3))],
    )
