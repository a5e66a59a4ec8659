"""Hostile input by the ten thousand: nothing is raised, nothing takes a second, every branch is reached."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bridges.hl7.tokenizer import tokenize
from tests.faults import fuzz, fuzz_targets
from tests.faults.fuzz_messages import seeds

ROOT = Path(__file__).parents[2]
SHORT, LONG, LONGEST = 3_000, 20_000, 120_000
HIGH = 95.0


def run(inputs: int, seed: int) -> Any:
    """What a process of its own found; its inputs that raised something stand in the failure."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.fuzz", str(inputs), str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["faults"] == [], done.stderr
    assert done.returncode == 0
    assert told["inputs"] >= inputs
    return told


def test_hostile_input_is_read_without_an_error() -> None:
    told = run(SHORT, 1)
    shares = told["branches"].values()
    assert sum(shares) / len(shares) > 85, told["branches"]
    assert set(told["branches"]) >= {"mllp/framing.py", "hl7/tokenizer.py", "hl7/translate_oru.py"}


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_every_branch_of_the_readers_is_reached(full_proof: bool) -> None:
    told = run(LONGEST if full_proof else LONG, 20261127)
    print(json.dumps({name: told[name] for name in told if name != "faults"}, indent=1))
    shares = told["branches"].values()
    assert sum(shares) / len(shares) >= HIGH
    if full_proof:
        assert min(shares) >= HIGH, told["branches"]


def test_the_seeds_are_whole_messages() -> None:
    for raw in seeds():
        assert tokenize(raw.decode()).join().encode() == raw


def test_an_error_is_found_out() -> None:
    def broken(raw: bytes) -> None:
        fuzz_targets.read_message(raw)
        assert b"\rIAM" not in raw, "an allergy"

    found = fuzz.search(80, 1, fuzz.Aim(broken))
    assert found.faults
    assert all("an allergy" in fault["raised"] for fault in found.faults)


def test_what_takes_too_long_is_found_out() -> None:
    assert any(" s for " in fault["raised"] for fault in fuzz.search(80, 1, fuzz.Aim(slow=0.0)).faults)
