"""The command: list, show, decide."""

import re

import pytest

from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run, adt, head, message, spirometry


def merge(control: str, surviving: str, retired: str, born: str = "20020314") -> bytes:
    return message(
        head("ADT^A40", control, "20260301"),
        "EVN|A40|20260301",
        f"PID|1||{surviving}^^^DEMO^MR||Sample^Maya||{born}|F",
        f"MRG|{retired}^^^DEMO^MR",
    )


def test_listed_shown_confirmed_and_undone(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), adt("A2", mrn="1002"), spirometry("S1", mrn="1002"))
    (entry,) = home.receive(merge("M1", "1001", "1002"))
    (row,) = run("merges", "list", "--json", *home.words).json
    assert (row["id"], row["state"], row["surviving"], row["retired"]) == (
        entry,
        "proposed",
        "DEMO|1001",
        "DEMO|1002",
    )
    seen = run("merges", "show", str(entry), "--json", *home.words).json
    assert (seen["against"], seen["retired"]["counts"]["measurement"]) == ([], 1)
    assert "DEMO|1002 is retired" in run("merges", "show", str(entry), *home.words).text
    assert run("picture", "1001", "--json", *home.words).json["series"] == {}
    done = run("merges", "confirm", str(entry), "--json", *home.words)
    assert (done.status, done.json["now"]) == (0, "joined")
    assert "fev1" in run("picture", "1001", "--json", *home.words).json["series"]
    (row,) = run("merges", "list", "--json", *home.words).json
    assert (row["state"], row["id"]) == ("joined", 0)
    assert "kept apart" in run("merges", "undo", str(entry), *home.words).text
    assert run("picture", "1001", "--json", *home.words).json["series"] == {}
    assert "fev1" in run("picture", "1002", "--json", *home.words).json["series"]
    assert run("merges", "list", "--json", *home.words).json == []


def test_a_number_that_is_unknown_is_said(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    (entry,) = home.receive(merge("M1", "1001", "1002"))
    assert "nothing is known under it here" in run("merges", "show", str(entry), *home.words).text


def test_contradictions_are_said_and_must_be_meant(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), adt("A2", mrn="1002", birth="19990101"))
    (entry,) = home.receive(merge("M1", "1001", "1002"))
    assert "Speaks against it: birth_date" in run("merges", "show", str(entry), *home.words).text
    refused = run("merges", "confirm", str(entry), *home.words)
    assert (refused.status, refused.code) == (1, "MERGE-CONTRADICTED")
    assert re.fullmatch(ERROR, refused.error)
    assert run("merges", "confirm", str(entry), "--although", *home.words).status == 0


@pytest.mark.parametrize(
    "words", [("list", "7"), ("confirm",), ("show",), ("reject", "7", "--although"), ("confirm", "x")]
)
def test_wrong_use(run: Run, home: MadeHome, words: tuple[str, ...]) -> None:
    ran = run("merges", *words, *home.words)
    assert (ran.status, ran.code) == (2, "USE")


def test_an_entry_that_proposes_nothing(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(adt("A1"))
    assert run("merges", "confirm", str(entry), *home.words).code == "MERGE-UNKNOWN"
