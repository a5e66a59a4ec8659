from datetime import UTC, datetime, timedelta

from bridges.portal.limits import WINDOW, SignInLimit

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_an_address_waits_after_too_many_failures_and_others_do_not() -> None:
    limit = SignInLimit(per_address=2, in_all=99)
    limit.failed("a", NOW)
    assert not limit.closed("a", NOW)
    limit.failed("a", NOW + timedelta(minutes=1))
    assert limit.closed("a", NOW + timedelta(minutes=1))
    assert not limit.closed("b", NOW + timedelta(minutes=1))
    assert not limit.closed("a", NOW + WINDOW)


def test_many_addresses_together_close_the_door_too() -> None:
    limit = SignInLimit(per_address=2, in_all=3)
    for address in "abc":
        limit.failed(address, NOW)
    assert limit.closed("d", NOW)
