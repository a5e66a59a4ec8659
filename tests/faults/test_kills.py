"""kill -9 under load: nothing acknowledged is lost, nothing is applied twice; a mutant is found out by the
same test.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.faults.rig import Clinic, Outcome, Proof

SHORT, LONG, LONGEST = 4, 25, 250


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def pauses(kills: int, most: float = 0.15) -> Sequence[float]:
    """Random moments, the same in every run."""
    chance = random.Random(20260301)
    return [chance.uniform(0, most) for _ in range(kills)]


def check(outcome: Outcome) -> None:
    assert outcome.lost == []
    assert outcome.unapplied == []
    assert outcome.twice == []
    assert outcome.loaded >= outcome.kills * 0.8
    assert outcome.acknowledged > outcome.kills


def test_killed_bridges_lose_nothing(clinic: Clinic) -> None:
    check(Proof(clinic).kill_bridges(pauses(SHORT)))


def test_killed_workers_lose_nothing_and_apply_nothing_twice(clinic: Clinic) -> None:
    check(Proof(clinic).kill_workers(pauses(SHORT)))


def test_a_bridge_that_answers_too_early_is_found_out(clinic: Clinic) -> None:
    outcome = Proof(clinic, "tests.faults.mutant").kill_bridges(pauses(SHORT))
    with pytest.raises(AssertionError):
        check(outcome)
    assert outcome.lost


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_many_killed_bridges(clinic: Clinic, full_proof: bool) -> None:
    outcome = Proof(clinic).kill_bridges(pauses(LONGEST if full_proof else LONG))
    print(_told("bridge", outcome))
    check(outcome)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_many_killed_workers(clinic: Clinic, full_proof: bool) -> None:
    outcome = Proof(clinic).kill_workers(pauses(LONGEST if full_proof else LONG))
    print(_told("worker", outcome))
    check(outcome)


def _told(role: str, outcome: Outcome) -> str:
    return (
        f"{role}: {outcome.kills} kills, {outcome.loaded} of them with messages in flight, "
        f"{outcome.acknowledged} messages acknowledged, {len(outcome.lost)} lost, {len(outcome.twice)} twice"
    )
