"""The key file keeps what it was given, and is refused where others could read it."""

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.key_file import FILE_FORMAT, KeyFile

KEY = bytes(range(32))
ROOT = Path(__file__).parents[4]


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    made = KeyFile(tmp_path / "clinic.key")
    made.create()
    return made


def code_of(caught: pytest.ExceptionInfo[EnvironmentFault]) -> str:
    return caught.value.code


def test_created_for_its_owner_alone(file: KeyFile) -> None:
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert not file.has("main")


def test_an_existing_file_is_left_alone(file: KeyFile) -> None:
    file.put("main", KEY)
    with pytest.raises(EnvironmentFault) as caught:
        file.create()
    assert code_of(caught) == "KEY-FILE-EXISTS"
    assert file.get("main") == KEY


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(value=st.binary(min_size=1, max_size=1024))
def test_any_secret_is_kept(file: KeyFile, value: bytes) -> None:
    file.put("portal-token", value)
    assert file.get("portal-token") == value


def test_several_names_side_by_side(file: KeyFile) -> None:
    file.put("main", KEY)
    file.put("intake", KEY[::-1])
    assert (file.get("main"), file.get("intake")) == (KEY, KEY[::-1])
    assert file.has("main")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_name_or_file_that_is_not_there(file: KeyFile) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        file.get("main")
    assert code_of(caught) == "KEY-MISSING"
    file.path.unlink()
    with pytest.raises(EnvironmentFault) as caught:
        file.get("main")
    assert code_of(caught) == "KEY-MISSING"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_open_to_others_is_refused(file: KeyFile, mode: int) -> None:
    file.put("main", KEY)
    file.path.chmod(mode)
    for use in (lambda: file.get("main"), lambda: file.has("main"), lambda: file.put("main", KEY)):
        with pytest.raises(EnvironmentFault) as caught:
            use()
        assert code_of(caught) == "KEY-FILE-MODE"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_owner_is_refused(file: KeyFile) -> None:
    os.chown(file.path, 12345, -1)
    with pytest.raises(EnvironmentFault, match="KEY-FILE-MODE"):
        file.get("main")


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="KEY-FILE-MODE"):
        KeyFile(tmp_path).get("main")


def written(secrets: object) -> bytes:
    return json.dumps({"format": FILE_FORMAT, "secrets": secrets}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"{}",
        b'{"format": "other", "secrets": {}}',
        written([]),
        written({"main": 1}),
        written({"main": "%%%"}),
        written({"main": "AAAA"}),
        written({"main": base64.b64encode(bytes(33)).decode()}),
        b'{"format": "commonground-keys-1", "secrets": {}, "secrets": {}}',
    ],
)
def test_a_malformed_file_or_value(file: KeyFile, content: bytes) -> None:
    file.path.write_bytes(content)
    with pytest.raises(EnvironmentFault) as caught:
        file.get("main")
    assert code_of(caught) == "KEY-MALFORMED"


def test_a_key_of_wrong_length_is_not_written(file: KeyFile) -> None:
    with pytest.raises(EnvironmentFault, match="KEY-MALFORMED"):
        file.put("main", b"short")
    assert not file.has("main")


def test_processes_that_write_at_once_lose_nothing(file: KeyFile) -> None:
    code = (
        "import sys; from pathlib import Path; from clinic_app.system.key_file import KeyFile\n"
        "for i in range(10): KeyFile(Path(sys.argv[1])).put(f'{sys.argv[2]}-{i}', b'x')"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(file.path), name], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        for name in ("a", "b")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert all(file.has(f"{name}-{i}") for name in ("a", "b") for i in range(10))
