"""A full disk: nothing is accepted that is not stored, and work goes on once there is room."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from clinic_app.store.intake import IntakeFile
from tests.wire.rig import Rig, framed, message, running

FILLING = Random(7).randbytes(10_000).hex()
"""Text that packing makes little smaller."""


class SmallFile(IntakeFile):
    """An intake whose file may not grow: SQLite itself says that it is full."""

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__(path, key)
        pages = self._connection.execute("PRAGMA page_count").fetchone()
        assert pages is not None
        self._connection.execute(f"PRAGMA max_page_count={pages[0] + 30}")


def refused_and_taken(rig: Rig, count: int = 40) -> tuple[set[str], set[str]]:
    """Control ids that got AE and AA, of so many large messages."""
    sender = rig.sender(rig.start())
    sender.write(framed(*(message(str(n), FILLING) for n in range(count))))
    answers = [answer.split(" ") for answer in sender.answers(count)]
    assert [name for _, name in answers] == [str(n) for n in range(count)]
    return {name for code, name in answers if code == "AE"}, {name for code, name in answers if code == "AA"}


def test_a_full_file_refuses_what_does_not_fit_and_keeps_the_rest(tmp_path: Path) -> None:
    with running(Rig(tmp_path, open_file=SmallFile)) as rig:
        refused, taken = refused_and_taken(rig)
        assert refused
        assert taken
        assert {entry.control_id for entry in rig.entries()} == taken
    with running(Rig(tmp_path, fresh=False)) as rig:
        assert refused_and_taken(rig) == (set(), refused | taken)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MiB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting is not permitted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_refuses_and_recovers_without_a_restart(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(2_000_000))
    with running(Rig(small_disk)) as rig:
        refused, taken = refused_and_taken(rig, 100)
        assert refused
        assert {entry.control_id for entry in rig.entries()} >= taken
        filler.unlink()
        sender = rig.sender(rig.listener())
        again = sorted(refused, key=int)[:20]
        sender.write(framed(*(message(name, FILLING) for name in again)))
        assert sender.answers(len(again)) == [f"AA {name}" for name in again]
        assert {entry.control_id for entry in rig.entries()} >= taken | set(again)
