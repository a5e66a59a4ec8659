import pytest

from bridges.portal.store.doors import CODE_FAILURES, CODE_LETTERS, normal_code
from tests.unit.bridges.portal.house import House


def enter(house: House, code: str, born: str = "2002-03-14", truth: str = "2002-03-14") -> str | None:
    return house.store.doors.enter(code, born, lambda patient: truth if patient else "", house.clock.now())


def test_tokens_work_until_they_are_revoked(house: House) -> None:
    doors, now = house.store.doors, house.clock.now()
    other = doors.create_token("second", now)
    assert doors.token_works(house.token)
    assert doors.token_works(other)
    assert not doors.token_works(other + "x")
    assert not doors.token_works("")
    assert doors.revoke_token(2, now)
    assert not doors.revoke_token(2, now)
    assert not doors.token_works(other)
    assert doors.token_works(house.token)
    assert [(token.label, bool(token.revoked)) for token in doors.tokens()] == [
        ("test", False),
        ("second", True),
    ]


def test_a_code_is_easy_to_read_and_works_once(house: House) -> None:
    code = house.invite().code
    assert set(code) <= {*CODE_LETTERS, "-"}
    assert not set("01ILOU") & set(CODE_LETTERS)
    token = enter(house, f" {code.lower().replace('-', ' ')}")
    assert token is not None
    assert enter(house, code) is None
    session = house.store.doors.session(token, house.clock.now())
    assert session is not None
    assert (session.language, session.sent) == ("en", "")


def test_a_new_code_ends_the_one_before(house: House) -> None:
    first, second = house.invite().code, house.invite().code
    assert enter(house, first) is None
    assert enter(house, second)


def test_codes_expire(house: House) -> None:
    code = house.invite().code
    house.clock.pass_by(days=14)
    assert enter(house, code) is None


def test_a_few_wrong_birth_dates_are_forgiven_then_the_code_is_dead(house: House) -> None:
    code = house.invite().code
    for _ in range(CODE_FAILURES - 1):
        assert enter(house, code, "2002-03-15") is None
    token = enter(house, code)
    assert token
    code = house.invite().code
    for _ in range(CODE_FAILURES):
        assert enter(house, code, "") is None
    assert enter(house, code) is None


def test_without_a_code_nothing_opens(house: House) -> None:
    assert enter(house, "", "", "") is None
    assert enter(house, "AAAA-AAAA", "", "") is None


def test_a_session_is_on_one_device_and_ends(house: House) -> None:
    doors, clock = house.store.doors, house.clock
    first = enter(house, house.invite().code)
    second = enter(house, house.invite().code)
    assert first
    assert second
    assert doors.session(first, clock.now()) is None
    for _ in range(3):
        clock.pass_by(minutes=44)
        assert doors.session(second, clock.now())
    clock.pass_by(minutes=45)
    assert doors.session(second, clock.now()) is None


def test_a_session_ends_after_half_a_day_however_busy(house: House) -> None:
    token = enter(house, house.invite().code)
    assert token
    for _ in range(23):
        house.clock.pass_by(minutes=30)
        assert house.store.doors.session(token, house.clock.now())
    house.clock.pass_by(minutes=30)
    assert house.store.doors.session(token, house.clock.now()) is None


def test_leaving_and_language(house: House) -> None:
    doors, now = house.store.doors, house.clock.now()
    token = enter(house, house.invite().code)
    assert token
    session = doors.session(token, now)
    assert session
    doors.speak(session, "es")
    again = doors.session(token, now)
    assert again
    assert again.language == "es"
    doors.leave(session)
    assert doors.session(token, now) is None


@pytest.mark.parametrize("typed", ["abcd-2345", " ABCD 2345 ", "abcd2345", "a-b-c-d-2-3-4-5"])
def test_codes_as_people_type_them(typed: str) -> None:
    assert normal_code(typed) == "ABCD2345"
