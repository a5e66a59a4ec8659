"""The log says what happened to the program and nothing that came from outside."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.logs import DiscreetFormatter, start_log, stop_log

LOG = logging.getLogger("commonground.test")
PRIVATE = "Maria Beispiel 1990-01-01"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    handler = start_log(tmp_path / "bridge.log")
    yield tmp_path / "bridge.log"
    stop_log(handler)


def test_a_line_with_time_process_and_name(path: Path) -> None:
    LOG.info("listening on port %d", 2575)
    assert "INFO commonground.test listening on port 2575" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_text_of_an_exception_is_never_written(path: Path) -> None:
    try:
        try:
            raise ValueError(PRIVATE)
        except ValueError as error:
            raise EnvironmentFault("STORE-FULL", PRIVATE, PRIVATE) from error
    except EnvironmentFault:
        LOG.exception("entry %d could not be recorded", 7)
    text = path.read_text()
    assert PRIVATE not in text
    assert "EnvironmentFault STORE-FULL at test_logs.py:" in text
    assert " <- ValueError at test_logs.py:" in text
    assert text.count("\n") == 1


def test_an_exception_without_traceback_and_in_a_circle(path: Path) -> None:
    first, second = ValueError(PRIVATE), KeyError(PRIVATE)
    first.__cause__, second.__cause__ = second, first
    LOG.error("odd", exc_info=first)
    assert "ValueError at an unknown place <- KeyError at an unknown place\n" in path.read_text()


def test_a_line_end_in_a_value_forges_no_line(path: Path) -> None:
    LOG.warning("sender %s", "A\r\n2026 INFO forged\u2028B")
    assert path.read_text().count("\n") == 1
    assert "A\\n2026 INFO forged\\nB" in path.read_text()


def test_an_exception_shown_elsewhere_first_stays_unwritten() -> None:
    record = LOG.makeRecord("n", logging.ERROR, __file__, 1, "m", (), (ValueError, ValueError(PRIVATE), None))
    record.exc_text = f"ValueError: {PRIVATE}"
    assert PRIVATE not in DiscreetFormatter("%(message)s").format(record)


def test_nothing_goes_to_other_loggers_or_after_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handler = start_log(tmp_path / "a.log")
    LOG.warning("early")
    assert not caplog.records
    stop_log(handler)
    LOG.warning("late")
    assert "late" not in (tmp_path / "a.log").read_text()
    assert [record.message for record in caplog.records] == ["late"]


def test_a_log_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="FILE-UNWRITABLE"):
        start_log(tmp_path / "none" / "a.log")


def test_a_full_disk_leaves_no_word_on_standard_error(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Full(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            record.args = ("one argument too many",)  # as good a way to fail as a full disk
            return True

    [handler] = logging.getLogger("commonground").handlers
    handler.addFilter(Full())
    LOG.error(PRIVATE)
    assert capsys.readouterr() == ("", "")
    assert path.read_text() == ""
