"""What nobody caught is noted by kind and place, never by its text."""

import logging
import sys
import threading
import traceback
from pathlib import Path

import pytest

from clinic_app.app.process_log import process_log

SECRET = "born 14 March 2002"


def fail() -> None:
    raise ValueError(SECRET)


def test_a_threads_end_is_noted_without_its_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with process_log(tmp_path / "a.log"):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        exits = threading.Thread(target=sys.exit)
        exits.start()
        exits.join()
    text = (tmp_path / "a.log").read_text()
    assert "PROGRAM-FAULT ValueError at" in text.replace("\\n", " ")
    assert "test_process_log.py" in text
    assert SECRET not in text + "".join(capsys.readouterr())


def test_a_slots_end_is_noted_without_its_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with process_log(tmp_path / "a.log"):
        try:
            fail()
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)
        threading.excepthook(threading.ExceptHookArgs((SystemExit, None, None, None)))
    text = (tmp_path / "a.log").read_text()
    assert text.count("PROGRAM-FAULT") == 1
    assert SECRET not in text + "".join(capsys.readouterr())


def test_libraries_warn_into_the_same_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with process_log(tmp_path / "a.log"):
        try:
            fail()
        except ValueError:
            logging.getLogger("asyncio").exception("Task exception was never retrieved")
        logging.getLogger("httpx").info("GET /Patient/17")
    text = (tmp_path / "a.log").read_text()
    assert "asyncio Task exception was never retrieved" in text
    assert "Patient/17" not in text, "addresses name people"
    assert SECRET not in text + "".join(capsys.readouterr())


def test_afterwards_everything_is_as_before(tmp_path: Path) -> None:
    before = sys.excepthook, threading.excepthook, list(logging.getLogger().handlers)
    with pytest.raises(ZeroDivisionError), process_log(tmp_path / "a.log"):
        traceback.format_exc()
        raise ZeroDivisionError
    assert (sys.excepthook, threading.excepthook, list(logging.getLogger().handlers)) == before
