"""Clients that are not ours, of another language, against a real listener: all is stored and answered.

Their packages are installed into ``build/`` by ``make proof`` (pinned, from the public registry); without
them, or without Node.js, this is skipped. python-hl7 as a client is tried in test_mllp_wire.py.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.foreign import FOLDER, install, installed
from tests.wire.rig import Rig, message, running

HERE = Path(__file__).parent
CLIENTS = {"node-hl7-client": "4.0.0", "simple-hl7": "3.3.0"}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running(Rig(tmp_path)) as made:
        yield made


def send(name: str, rig: Rig) -> None:
    texts = [message(f"{name}-{number}", f"señal {number} 本 \\T\\ done") for number in range(20)]
    host, port = rig.start().server.address
    done = subprocess.run(
        ["node", HERE / "foreign_clients.mjs", name, host, str(port), FOLDER / "node_modules"],
        input=json.dumps([text.decode() for text in texts]),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["AA", f"{name}-{number}"] for number in range(20)]
    # Both leave out the last return of a message; not a byte else is changed on the way.
    assert [entry.raw.rstrip(b"\r") for entry in rig.entries()] == [text.rstrip(b"\r") for text in texts]


@pytest.mark.parametrize("name", CLIENTS)
def test_it_sends_and_is_answered(name: str, rig: Rig) -> None:
    if shutil.which("node") is None or not installed({name: CLIENTS[name]}):
        pytest.skip(f"{name} is not installed; make proof does that")
    send(name, rig)


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CLIENTS)
def test_it_sends_and_is_answered_once_installed(name: str, rig: Rig) -> None:
    if not install(CLIENTS):
        pytest.skip(f"{name} could not be installed: Node.js or its registry is missing")
    send(name, rig)
