"""Both clocks."""

from datetime import UTC, datetime, timedelta, timezone

from clinic_app.system.clock import FixedOffsetClock, SystemClock


def test_the_machines_clock_has_a_zone() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)


def test_a_chosen_start_runs_on() -> None:
    seconds = iter([100.0, 100.0, 160.5])
    start = datetime(2026, 3, 9, 10, tzinfo=timezone(timedelta(hours=1)))
    clock = FixedOffsetClock(start, lambda: next(seconds))
    assert clock.now() == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert clock.now() == datetime(2026, 3, 9, 9, 1, 0, 500_000, tzinfo=UTC)
