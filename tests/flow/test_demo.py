"""The demonstration as `make demo` runs it, smaller: from nothing to pictures, and nothing left running."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.flow.program import Program, Running, alive, until

pytestmark = [pytest.mark.qt, pytest.mark.xdist_group("flow")]

HELD = {"UNKNOWN-CODE": 1, "UNKNOWN-PATIENT": 1, "BIRTH-DATE-DIFFERS": 1, "UNMATCHED-SUBMISSION": 1}


def test_a_demonstration_from_nothing_to_pictures(program: Program, tmp_path: Path) -> None:
    home, pictures = tmp_path / "home", tmp_path / "pictures"
    ran = program.run("demo", "--people", "8", "--home", str(home), "--pictures", str(pictures))
    assert ran.status == 0, ran.error
    drawn = sorted(pictures.iterdir())
    assert len(drawn) == 8
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in drawn)

    entries = program.run("inbox", "list", "--json", "--limit", "100000", "--home", str(home)).json
    assert Counter(entry["code"] for entry in entries if entry["state"] == "held") == HELD
    assert {entry["state"] for entry in entries} == {"applied", "held"}
    picture = program.run("picture", "DEMO|1001", "--json", "--home", str(home)).json
    assert picture["agenda"][0]["text"] == "I cough more at night and I am tired at work."
    assert {"fev1_percent_predicted", "weight", "bmi", "home_fev1", "symptom_cough"} <= picture[
        "series"
    ].keys()
    assert any(line["kind"] for line in picture["attention"])
    assert (home / "commonground.toml").read_text().count("demonstration = true") == 1


def test_a_demonstration_that_is_ended_early_leaves_nothing_running(program: Program, tmp_path: Path) -> None:
    home = tmp_path / "home"
    running: Running = program.start(
        "demo", "--people", "8", "--home", str(home), "--pictures", str(tmp_path / "p")
    )
    try:
        status = home / "run" / "bridge.json"
        until(
            lambda: status.exists() and json.loads(status.read_text()).get("worker", {}).get("pid"),
            "a worker",
        )
        said = json.loads(status.read_text())
        assert running.terminate() == 1
        until(lambda: not alive(said["pid"]) and not alive(said["worker"]["pid"]), "bridge and worker to end")
        assert not (home / "run" / "portal.json").exists()
    finally:
        running.close()
