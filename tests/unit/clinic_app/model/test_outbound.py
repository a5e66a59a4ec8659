"""What is to be said to the EHR, before any form."""

from datetime import UTC, datetime

from clinic_app.model.facts import Source
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Addressee, ReportedItem, ResultReport
from clinic_app.model.outbox import Standing


def test_what_the_ehr_did_not_give_is_empty_and_what_a_patient_says_is_the_patients() -> None:
    who = Addressee(Identifier("HOSP", "1"))
    assert (who.family, who.given, who.birth_date, who.sex) == ("", "", None, "")
    item = ReportedItem("home_weight", Standing.FINAL)
    assert (item.body, item.at, item.source) == (None, None, Source.PATIENT)
    report = ResultReport("C1", datetime(2026, 3, 1, tzinfo=UTC), who, "CG1", (item,))
    assert not report.corrects
