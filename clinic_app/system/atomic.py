"""Files that are either wholly there or not: written beside, made durable, then put in place."""

import json
import os
from contextlib import suppress
from pathlib import Path

from clinic_app.model.errors import EnvironmentFault

OWNER_ONLY = 0o600


def write_atomically(path: Path, data: bytes, *, mode: int = OWNER_ONLY, replace: bool = True) -> None:
    """Write a file so that a reader sees the old content or the new, never a part, also after a power cut.

    With ``replace=False`` an existing file is left alone and FileExistsError is raised.
    Raises EnvironmentFault FILE-UNWRITABLE where disk or rights do not allow it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        _write_durably(beside, data, mode)
        if replace:
            beside.replace(path)
        else:
            # A hard link is the one atomic way to say "only if nobody has it yet".
            os.link(beside, path)
        _sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_json_atomically(path: Path, value: object) -> None:
    """Write a value as JSON, for ready and status files (same errors as write_atomically)."""
    write_atomically(path, json.dumps(value, ensure_ascii=False).encode() + b"\n")


def unwritable(path: Path, error: OSError) -> EnvironmentFault:
    """The message for a file that could not be written; it names the file and the system's reason."""
    reason = error.strerror or type(error).__name__
    return EnvironmentFault(
        "FILE-UNWRITABLE",
        f"{path} could not be written ({reason})",
        "Free space on this disk or correct the rights of the folder, then try again.",
    )


def _write_durably(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows has no such call and needs none (NTFS journals names)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
