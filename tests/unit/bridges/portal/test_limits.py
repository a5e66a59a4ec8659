from datetime import UTC, datetime, timedelta

from bridges.portal.limits import WINDOW, SignInLimit

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def test_a_code_waits_at_one_address_after_few_failures_and_others_do_not() -> None:
    limit = SignInLimit(per_code=2, per_address=9, in_all=99)
    limit.failed("a", "CODE", NOW)
    assert not limit.closed("a", "CODE", NOW)
    limit.failed("a", "CODE", LATER)
    assert limit.closed("a", "CODE", LATER)
    assert not limit.closed("a", "OTHER", LATER)
    assert not limit.closed("b", "CODE", LATER)
    assert not limit.closed("a", "CODE", NOW + WINDOW)


def test_an_address_waits_after_many_failures_with_any_codes() -> None:
    limit = SignInLimit(per_code=2, per_address=3, in_all=99)
    for code in ("1", "2", "\ud800"):
        assert not limit.closed("a", "CODE", NOW)
        limit.failed("a", code, NOW)
    assert limit.closed("a", "CODE", NOW)
    assert not limit.closed("b", "CODE", NOW)


def test_many_addresses_together_close_the_door_too() -> None:
    limit = SignInLimit(per_code=2, per_address=2, in_all=3)
    for address in "abc":
        limit.failed(address, "CODE", NOW)
    assert limit.closed("d", "OTHER", NOW)
