"""The log: what happened to the program, never what is known about a person.

The text of an exception may quote a message or an answer, so only its type, its code where it has one, and
the places in our code are written.
"""

import logging
import os
import traceback
from io import FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from clinic_app.model.errors import CommonGroundError
from clinic_app.system.atomic import OWNER_ONLY, unwritable

LOGGER = "commonground"
FILE_BYTES = 1_000_000
FILES_KEPT = 5
LINE = "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"

ExceptionParts = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """One line per record, and exceptions without their text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; line ends inside it are written visibly, so that no text can forge a line."""
        record.exc_text = None
        return "\\n".join(super().format(record).splitlines())

    def formatException(self, ei: ExceptionParts) -> str:  # noqa: N802 - the standard library's name
        """Type, code and places of the exception and of those behind it."""
        return " <- ".join(_described(error) for error in _chain(ei[1]))


class OwnerOnlyFile(RotatingFileHandler):
    """A rotating log file that only its owner can read."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
        return TextIOWrapper(FileIO(descriptor, "a"), encoding=self.encoding, write_through=True)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Drop a line that cannot be written (disk full): a traceback on standard error would quote it."""


def start_log(path: Path, level: int = logging.INFO) -> logging.Handler:
    """Send the program's own log to a file from now on; the caller closes the handler with stop_log.

    Raises EnvironmentFault FILE-UNWRITABLE.
    """
    try:
        handler = OwnerOnlyFile(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from error
    handler.setFormatter(DiscreetFormatter(LINE))
    logger = logging.getLogger(LOGGER)
    logger.setLevel(level)
    logger.propagate = False
    logger.addHandler(handler)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """End what start_log began, and leave the logger as it was."""
    logger = logging.getLogger(LOGGER)
    logger.removeHandler(handler)
    logger.propagate = True
    logger.setLevel(logging.NOTSET)
    handler.close()


def _chain(error: BaseException | None) -> list[BaseException]:
    """The exception and those behind it, nearest first; a circle ends it."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _described(error: BaseException) -> str:
    code = f" {error.code}" if isinstance(error, CommonGroundError) else ""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__}{code} at {', '.join(places) or 'an unknown place'}"
