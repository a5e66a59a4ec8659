"""What the EHR is still to be told: new as final, changed as corrected, taken back as deleted or wrong."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.model.bodies import Measurement
from clinic_app.model.consents import current
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.outbound import Addressee, ResultReport
from clinic_app.model.outbox import Outcome, Standing, Verdict
from clinic_app.services import link
from clinic_app.services.outbox import withdraw
from clinic_app.services.outbox_results import addressee, drafts, order_id
from tests.spec.clinic import adt, oru
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, consent, demographics, statement, topic
from tests.unit.clinic_app.services.outbox_house import SERIES, TAKEN, House, answer, home_weight

F, C, D, W = "F", "C", "D", "W"
LOST = Outcome(Verdict.FAILED, "PEER-CLOSED")


def standing(house: House) -> list[str]:
    return [how for _, _, how in house.told()]


def test_results_of_one_submission_go_in_one_message() -> None:
    house = House()
    house.submit(home_weight("61.5", "QuestionnaireResponse/7"), answer("6"))
    house.look()
    (row,) = house.rows()
    assert [(item.series, item.standing) for item in row.items] == [
        ("home_weight", Standing.FINAL),
        ("overall", Standing.FINAL),
    ]
    (report,) = house.reports
    assert isinstance(report, ResultReport)
    assert report.patient == Addressee(ANNA, "Example", "Anna", BORN, "female")
    assert report.order_id == order_id(ANNA_PORTAL, "QuestionnaireResponse/7", ANNA)
    assert (len(report.order_id), len(report.control_id), report.corrects) == (18, 19, False)
    assert (row.source, row.subject, row.origin) == ("QuestionnaireResponse/7", ANNA, ANNA_PORTAL)
    house.look()
    assert len(house.rows()) == 1


def test_what_is_private_or_not_named_stays_here() -> None:
    house = House()
    words = answer("my worry", code="own-words")
    house.submit(topic("only my clinician", ANNA_PORTAL), words, home_weight("2", code="pro_phq9_total"))
    house.look()
    assert house.rows() == []


def test_a_correction_follows_what_was_said() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    assert house.send() == 1
    house.submit(home_weight("62.5", sent_at="2026-03-02"))
    house.look()
    assert standing(house) == [F, C]
    assert isinstance(house.reports[1], ResultReport)
    assert house.reports[1].corrects
    assert house.reports[0].order_id == house.reports[1].order_id  # type: ignore[union-attr]
    assert house.reports[0].control_id != house.reports[1].control_id


def test_what_still_holds_keeps_its_standing_beside_a_correction() -> None:
    house = House()
    source = "QuestionnaireResponse/7"
    house.submit(home_weight("61.5", source), answer("6"))
    house.look()
    house.submit(home_weight("60", source, "2026-03-02"))
    house.look()
    house.submit(home_weight("60", source, "2026-03-03"), answer("6"))
    house.look()
    assert standing(house) == [F, F, C, F]


@pytest.mark.parametrize("status", [FactStatus.WITHDRAWN, FactStatus.REGISTERED])
def test_what_was_taken_back_is_taken_back_there(status: FactStatus) -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    house.submit(home_weight("61.5", sent_at="2026-03-02", status=FactStatus.WITHDRAWN))
    house.look()
    assert standing(house) == [F, D]
    house.submit(home_weight("59", sent_at="2026-03-03", status=FactStatus.CORRECTED))
    house.look()
    assert standing(house)[:2] == [F, D]


def test_what_was_never_said_is_not_taken_back() -> None:
    house = House()
    house.submit(home_weight("61.5", status=FactStatus.WITHDRAWN))
    house.look()
    assert house.rows() == []


def test_without_a_value_or_words_there_is_nothing_to_say() -> None:
    house = House()
    empty = statement(
        ANNA_PORTAL, FactKind.MEASUREMENT, Measurement(None, " ", "", ""), "Observation/2/w", "home_weight"
    )
    other = statement(ANNA_PORTAL, FactKind.ANSWER, demographics().body, "Observation/3/x", "overall")
    house.submit(empty, answer(" "), other)
    house.look()
    assert house.rows() == []
    words = Measurement(None, "about 60", "", "")
    about = statement(
        ANNA_PORTAL, FactKind.MEASUREMENT, words, "Observation/2/w", "home_weight", sent_at="2026-03-09"
    )
    house.submit(about)
    house.look()
    assert standing(house) == [F]


def test_what_went_to_the_wrong_person_is_said_to_be_wrong_and_goes_to_the_right_one() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    house.send()
    house.unlink()
    house.look()
    assert house.told() == [("HOSP|1001", "home_weight", F), ("HOSP|1001", "home_weight", W)]
    house.clinic.link(BELA, ANNA_PORTAL)
    house.look()
    assert house.told()[2:] == [("HOSP|1002", "home_weight", F)]
    house.look()
    assert len(house.rows()) == 3


def test_linked_again_it_is_said_again() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    house.unlink()
    house.look()
    house.clinic.link(ANNA, ANNA_PORTAL)
    house.look()
    assert standing(house) == [F, W, C]


def test_whoever_refuses_care_is_not_told_of() -> None:
    house = House()
    house.say(adt(demographics(ANNA, sent_at="2026-02-01"), consent(False, ANNA), born=BORN, subject=ANNA))
    house.submit(home_weight("61.5"))
    house.look()
    assert house.rows() == []


def test_what_was_recorded_before_results_went_back_stays_here() -> None:
    house = House()
    house.pass_(days=1)
    with house.clinic.store.snapshot() as view:
        assert drafts(view, ANNA_PORTAL, SERIES, house.now) == []
    house.submit(home_weight("61.5"))
    with house.clinic.store.snapshot() as view:
        assert len(drafts(view, ANNA_PORTAL, SERIES, NOW)) == 1
        assert drafts(view, ANNA_PORTAL, SERIES, house.now) == []


def test_someone_who_is_linked_to_nobody_is_told_of_to_nobody() -> None:
    house = House()
    nobody = Identifier(PORTAL, "p-9")
    house.say(oru(home_weight("61.5", portal=nobody), born=None, subject=nobody))
    house.look()
    assert house.rows() == []


def test_an_undone_link_counts_before_its_entries_are_looked_at_again() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    link.unlink(house.clinic.staff, ANNA, ANNA_PORTAL.value, NOW)
    with house.clinic.store.snapshot() as view:
        assert view.facts((ANNA_PORTAL,), (FactKind.MEASUREMENT,))
    house.look()
    assert house.rows() == []


def test_what_never_left_needs_no_taking_back() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    withdraw(house.clinic.staff, 1, NOW)
    house.submit(home_weight("61.5", sent_at="2026-03-02", status=FactStatus.WITHDRAWN))
    house.look()
    assert len(house.rows()) == 1


def test_what_was_taken_back_is_not_taken_back_twice() -> None:
    house = House()
    source = "QuestionnaireResponse/7"
    house.submit(home_weight("61.5", source), answer("6"))
    house.look()
    house.submit(home_weight("61.5", source, "2026-03-02", FactStatus.WITHDRAWN))
    house.look()
    words = answer("7")
    house.submit(replace(words, sent_at="2026-03-03"))
    house.look()
    assert [[item.standing.value for item in row.items] for row in house.rows()] == [[F, F], [F, D], [C]]


def test_a_person_is_named_as_the_ehr_named_them_last() -> None:
    house = House()
    house.say(adt(demographics(ANNA, given="Anna Maria", sent_at="2026-02-02"), born=BORN, subject=ANNA))
    with house.clinic.store.snapshot() as view:
        assert addressee(view, ANNA).given == "Anna Maria"
        assert addressee(view, Identifier("HOSP", "9")) == Addressee(Identifier("HOSP", "9"))


def test_a_correction_of_what_was_never_sent_is_final() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    house.series = SERIES - {"home_weight"}
    assert house.send() == 0
    house.series = SERIES
    house.submit(home_weight("62", sent_at="2026-03-04"))
    house.look()
    assert [(row.state.value, row.items[0].standing.value) for row in house.rows()] == [
        ("given_up", F),
        ("waiting", F),
    ]


STEPS = st.sampled_from(["weigh", "withdraw", "look", "send", "lose", "unlink", "link"])


def held_by_the_ehr(house: House, arrived: list[int]) -> set[tuple[str, str]]:
    """Whom it holds which weight of, after these messages in the order in which they arrived."""
    reports = {one.control_id: one for one in house.reports if isinstance(one, ResultReport)}
    holds: dict[tuple[str, str], str] = {}
    for row in sorted((row for row in house.rows() if row.id in arrived), key=lambda row: row.id):
        for item, said in zip(row.items, reports[row.control_id].items, strict=True):
            value = said.body.text if isinstance(said.body, Measurement) else ""
            holds[str(row.subject), item.key] = value if item.standing.stands else ""
    return {(who, value) for (who, _), value in holds.items() if value}


@settings(max_examples=80, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_in_the_end_the_ehr_holds_what_stands_here(steps: list[str]) -> None:
    """Whatever happened in between, and whichever answers were lost."""
    house, linked = House(), True
    arrived: list[int] = []
    for number, step in enumerate([*steps, "look", *["send"] * 20]):
        house.pass_(seconds=5)
        sent_at = f"2026-03-02T00:00:{number:02}Z"
        if step == "weigh":
            house.submit(home_weight(str(50 + number), sent_at=sent_at))
        elif step == "withdraw":
            house.submit(home_weight("50", sent_at=sent_at, status=FactStatus.WITHDRAWN))
        elif step == "look":
            house.look()
        elif step in ("send", "lose"):
            arrived.append(house.send(LOST if step == "lose" else TAKEN))
        elif step == "unlink" and linked:
            house.unlink()
            linked = False
        elif step == "link" and not linked:
            house.clinic.link(ANNA, ANNA_PORTAL)
            linked = True
    with house.clinic.store.snapshot() as view:
        stated = current(view.facts((ANNA_PORTAL,), (FactKind.MEASUREMENT,)))
        assert drafts(view, ANNA_PORTAL, SERIES, NOW) == []
    bodies = [one.body for one in stated if one.status is not FactStatus.WITHDRAWN]
    here = {(str(ANNA), body.text) for body in bodies if isinstance(body, Measurement)} if linked else set()
    assert held_by_the_ehr(house, arrived) == here
