"""Files are wholly there or not."""

import json
from pathlib import Path

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.atomic import write_atomically, write_json_atomically


def test_content_and_mode(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"one")
    write_atomically(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_without_replacing_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"one", replace=False)
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "a", b"two", replace=False)
    assert (tmp_path / "a").read_bytes() == b"one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_json(tmp_path: Path) -> None:
    write_json_atomically(tmp_path / "ready", {"mllp": "127.0.0.1:1", "ñ": 1})
    assert json.loads((tmp_path / "ready").read_text("utf-8")) == {"mllp": "127.0.0.1:1", "ñ": 1}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        write_atomically(tmp_path / "none" / "a", b"")
    assert caught.value.code == "FILE-UNWRITABLE"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A limit on file size stands in for a full disk: the write fails in its middle."""
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    write_atomically(tmp_path / "a", b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(EnvironmentFault, match="FILE-UNWRITABLE"):
            write_atomically(tmp_path / "a", b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
