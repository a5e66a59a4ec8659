"""The locks hold what pyproject.toml names, every line with hashes, and no word about an index."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LOCKS = ROOT / "packaging/locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
DEV = RUNTIME + PROJECT["project"]["optional-dependencies"]["dev"]


def normal(name: str) -> str:
    """A project's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path) -> dict[str, str]:
    """Version by name; every requirement carries a hash, and nothing else may stand in the file."""
    found = {}
    for block in path.read_text("utf-8").replace(" \\\n", " ").strip().split("\n"):
        match = re.fullmatch(
            r"([A-Za-z0-9._-]+)==([^ ;]+)( ; [a-z_ <>=!.'0-9A-Zand]+?)?((?:\s+--hash=sha256:[0-9a-f]{64})+)",
            block,
        )
        assert match, block[:100]
        found[normal(match.group(1))] = match.group(2)
    return found


@pytest.mark.parametrize(("name", "wanted"), [("runtime", RUNTIME), ("dev", DEV)])
def test_every_exact_pin_is_locked(name: str, wanted: list[str]) -> None:
    lock = locked(LOCKS / f"requirements-{name}.txt")
    for requirement in wanted:
        project, _, version = requirement.partition(";")[0].partition("==")
        assert lock.get(normal(project)) == version, f"{requirement}: run `make lock`"


def test_the_runtime_lock_is_part_of_the_dev_lock() -> None:
    dev = locked(LOCKS / "requirements-dev.txt")
    assert locked(LOCKS / "requirements-runtime.txt").items() <= dev.items()


def test_platforms_are_told_apart_by_markers() -> None:
    text = (LOCKS / "requirements-runtime.txt").read_text("utf-8")
    assert "secretstorage==3.5.0 ; sys_platform == 'linux'" in text
    assert "pywin32-ctypes==0.2.3 ; sys_platform == 'win32'" in text
