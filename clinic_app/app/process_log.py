"""The log of a long-running process, which also takes what nobody caught, without its values."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from clinic_app.system.logs import start_log, stop_log

_LOGGER = "commonground.process"


@contextmanager
def process_log(path: Path) -> Iterator[None]:
    """While inside, all that we or a library log goes to this file, without the texts of exceptions.

    What a thread or a slot of a window did not catch, Python writes to standard error with the values in its
    text; here it is noted by kind and place instead. Raises EnvironmentFault FILE-UNWRITABLE.
    """
    handler = start_log(path)
    before = sys.excepthook, threading.excepthook
    logging.getLogger().addHandler(handler)
    sys.excepthook, threading.excepthook = _uncaught, _uncaught_in_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before
        logging.getLogger().removeHandler(handler)
        stop_log(handler)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(_LOGGER).error("PROGRAM-FAULT", exc_info=(kind, error, trace))


def _uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    if caught.exc_value is not None:
        _uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)
