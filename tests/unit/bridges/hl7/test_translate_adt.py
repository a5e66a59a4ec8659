"""ADT: demographics and visits."""

import pytest

from clinic_app.model.bodies import Demographics, Visit
from clinic_app.model.facts import FactStatus, Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import message, site, stated, told

PV1 = "PV1|1|O|CF^12^B^NORTH|" + "|" * 15 + "V77" + "|" * 25 + "202403100900|"
EVN = "EVN||20240310091500||||20240310090500"


def demographics(pid: str, kind: str = "ADT^A28") -> Demographics:
    body = stated(message(kind, pid=pid))[0].body
    assert isinstance(body, Demographics)
    return body


def visit(kind: str, *segments: str) -> tuple[Statement, Visit]:
    statement = stated(message(kind, *segments))[1]
    assert isinstance(statement.body, Visit)
    return statement, statement.body


def test_demographics() -> None:
    translation = told(
        message("ADT^A28", pid="PID|1||1001^^^NORTH^MR~77^^^SOUTH^PI||Ives&van^Ann^B||20100102|F|||||||es")
    )
    assert str(translation.subject) == "NORTH|1001"
    assert translation.introduces
    assert translation.birth_date == Moment("2010-01-02")
    (statement,) = translation.statements
    assert (statement.kind, statement.code, statement.key, statement.position) == (
        "patient",
        "",
        "patient",
        "PID",
    )
    assert statement.status is FactStatus.FINAL
    assert statement.sent_at == "2024-03-10T15:30:00.000000Z"
    assert statement.at is None
    assert statement.body == Demographics("Ives", "Ann", Moment("2010-01-02"), "female", "es", ("SOUTH|77",))


@pytest.mark.parametrize(
    ("sent", "sex"),
    [
        ("F", "female"),
        ("m", "male"),
        ("Female", "female"),
        ("O", "other"),
        ("A", "other"),
        ("U", "unknown"),
        ("", "unknown"),
    ],
)
def test_sex(sent: str, sex: str) -> None:
    assert demographics(f"PID|1||1^^^N^MR||A^B||2010|{sent}").sex == sex


def test_the_legal_name_comes_before_others() -> None:
    assert demographics("PID|1||1^^^N^MR||Nick^Name^^^^^D~Ives^Ann^^^^^L||2010").family == "Ives"
    assert demographics("PID|1||1^^^N^MR||Ives^Ann~Other^Name||2010").given == "Ann"
    assert demographics('PID|1||1^^^N^MR||""||2010').family == ""
    assert demographics("PID|1||1^^^N^MR||||2010").given == ""


def test_deceased() -> None:
    assert demographics("PID|1||1^^^N^MR||A^B||2010" + "|" * 23 + "Y").deceased
    assert demographics("PID|1||1^^^N^MR||A^B||2010" + "|" * 22 + "20240301").deceased
    assert not demographics("PID|1||1^^^N^MR||A^B||2010" + "|" * 23 + "N").deceased


def test_an_unreadable_birth_date_is_held_and_the_rest_applied() -> None:
    translation = told(message("ADT^A08", pid="PID|1||1^^^N^MR||A^B||02/01/2010"))
    assert [(hold.code, hold.reason) for hold in translation.holds] == [
        ("UNREADABLE-VALUE", "PID-7 is not a date or time")
    ]
    assert translation.birth_date is None
    assert len(translation.statements) == 1


def test_arrival() -> None:
    statement, body = visit("ADT^A01", EVN, PV1)
    assert body == Visit("V77", "O", "CF 12 B", Moment("2024-03-10T09:00"), None, "arrived")
    assert statement.key == "visit:V77"
    assert statement.at == Moment("2024-03-10T09:00")


def test_discharge_by_pv1_or_by_the_event() -> None:
    assert visit("ADT^A03", EVN, PV1 + "202403101100")[1].end == Moment("2024-03-10T11:00")
    _, body = visit("ADT^A03", EVN, PV1)
    assert (body.end, body.state) == (Moment("2024-03-10T09:05:00"), "discharged")
    assert visit("ADT^A03", "EVN||20240310091500", PV1)[1].end == Moment("2024-03-10T09:15:00")


def test_an_update_says_nothing_of_arrival_and_discharge() -> None:
    for event in ("A02", "A06", "A07", "A08", "A12", "A31"):
        assert visit(f"ADT^{event}", PV1)[1].state == ""
    _, body = visit("ADT^A08", PV1 + "202403101100")
    assert (body.state, body.end) == ("", Moment("2024-03-10T11:00"))


def test_what_undoes_comes_after_what_it_undoes_within_one_second() -> None:
    orders = [visit(f"ADT^{event}", EVN, PV1)[0].sent_at for event in ("A01", "A03", "A13", "A11")]
    assert orders == sorted(set(orders))


def test_a_discharge_taken_back_leaves_the_visit_open() -> None:
    _, body = visit("ADT^A13", EVN, PV1 + "202403101100")
    assert (body.end, body.state) == (None, "arrived")


def test_an_arrival_taken_back_withdraws_the_visit() -> None:
    statement, _ = visit("ADT^A11", EVN, PV1)
    assert statement.status is FactStatus.WITHDRAWN
    assert statement.key == "visit:V77"


def test_a_visit_without_number_is_known_by_its_beginning() -> None:
    statement, body = visit("ADT^A04", EVN, "PV1|1|O|CF^12^B^NORTH^^^^^Lung clinic")
    assert statement.key == "visit-at:2024-03-10T09:05:00"
    assert body.location == "Lung clinic"
    assert visit("ADT^A04", "EVN||20240310091500", "PV1|1|O|")[1].start == Moment("2024-03-10T09:15:00")


def test_a_visit_with_neither_is_told_where_the_event_is_about_one() -> None:
    translation = told(message("ADT^A01", "PV1|1|O"))
    assert [finding.code for finding in translation.findings] == ["VISIT-WITHOUT-KEY"]
    assert len(translation.statements) == 1
    assert len(stated(message("ADT^A08", "PV1|1|O"))) == 1


def test_class_n_is_no_visit() -> None:
    assert len(stated(message("ADT^A31", "PV1|1|N|" + "|" * 16 + "V1"))) == 1
    assert len(stated(message("ADT^A31"))) == 1
    assert len(stated(message("ADT^A31", PV1))) == 2


def test_the_site_zone_counts_unless_the_sender_keeps_another() -> None:
    berlin = site('[site]\ntime_zone = "Europe/Berlin"')
    summer = message("ADT^A01", PV1.replace("202403100900", "202407100900"))
    assert stated(summer, berlin)[1].at == Moment("2024-07-10T09:00+02:00")
    for sent, at in (
        ("20240310153000+0100", "+02:00"),
        ("20240310153000-0500", "-05:00"),
        ("20240310153000+9900", "+02:00"),
        ("20240310+0300", "+02:00"),
    ):
        raw = message("ADT^A01", PV1.replace("202403100900", "202407100900"), sent=sent)
        assert stated(raw, berlin)[1].at == Moment("2024-07-10T09:00" + at)


def test_without_a_zone_of_the_site_or_sender_a_time_keeps_none() -> None:
    for sent, at in (("20240310153000", ""), ("20240310153000+0000", "Z"), ("20240310153000+0530", "+05:30")):
        assert stated(message("ADT^A01", PV1, sent=sent))[1].at == Moment("2024-03-10T09:00" + at)


def test_another_number_of_the_patient_is_told() -> None:
    for repetition, told_of in (
        ("81^^^CLIN^MR", ["OTHER-NUMBER"]),
        ("81^^^CLIN^PI", ["OTHER-NUMBER"]),
        ("80^^^HOSP^MR", []),
        ("81^^^CLIN^SS", []),
        ("81^^^CLIN", []),
        ("^^^CLIN^MR", []),
    ):
        pid = f"PID|1||80^^^HOSP^MR~{repetition}||Ives^Ann||20100102|F"
        translation = told(message("ADT^A31", pid=pid))
        assert [finding.code for finding in translation.findings] == told_of
        assert len(translation.statements) == 1
