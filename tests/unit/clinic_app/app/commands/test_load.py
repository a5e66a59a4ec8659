"""`load`: history through the usual way, once, with a report that names lines."""

from pathlib import Path
from typing import Any

import pytest

from clinic_app.model.access import Action
from clinic_app.model.facts import FactKind, Source
from clinic_app.model.identity import Identifier
from tests.unit.clinic_app.app.made_home import MadeHome, Run, adt, spirometry

DEMO = Identifier("DEMO", "1001")
GROWTH = "mrn,authority,date,weight,height\n1001,DEMO,2019-05-01,50.5,170\n1001,DEMO,2019-06-01,900,170\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "history"
    made.mkdir()
    (made / ".hidden").write_text("x")
    return made


def loaded(run: Run, home: MadeHome, folder: Path, *words: str) -> dict[str, Any]:
    """The reports by file."""
    ran = run("load", str(folder), "--json", *words, *home.words)
    assert ran.error == ""
    return {report["file"]: report for report in ran.json}


def test_messages_and_tables_become_facts_that_are_marked(run: Run, home: MadeHome, folder: Path) -> None:
    (folder / "old.hl7").write_bytes(adt("A1") + b"\r\n" + spirometry("R1"))
    (folder / "growth.csv").write_text(GROWTH)
    reports = loaded(run, home, folder)
    assert list(reports) == ["old.hl7", "growth.csv"], "messages make people known"
    hl7, growth = reports.values()
    assert (hl7["rows"], hl7["taken"], hl7["problems"]) == (2, 2, [])
    assert (growth["kind"], growth["rows"], growth["taken"], growth["held"]) == ("growth", 2, 1, 1)
    (problem,) = growth["problems"]
    assert (problem["line"], problem["state"], problem["code"]) == (3, "held", "IMPLAUSIBLE-VALUE")
    assert problem["reason"].startswith("column weight cannot be a value of weight")
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        facts = view.facts((DEMO,), (FactKind.MEASUREMENT,))
        assert {fact.statement.source for fact in facts} == {Source.LOADED}
        assert {entry.channel for entry in view.inbox()} == {"load"}
        assert view.inbox_entry(problem["entry"]).raw.endswith(b"2019-06-01,900,170\n")  # type: ignore[union-attr]
        looks = [row for row in view.accesses((DEMO,)) if row.action == Action.LOAD]
        assert len(looks) == 2
        assert all(row.account == clinic.actor.account for row in looks)


def test_twice_is_once(run: Run, home: MadeHome, folder: Path) -> None:
    (folder / "old.hl7").write_bytes(adt("A1"))
    (folder / "growth.csv").write_text(GROWTH)
    first = loaded(run, home, folder)
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        before = (view.last_entry_id(), view.last_change(), len(view.facts((DEMO,))))
    second = loaded(run, home, folder)
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        assert (view.last_entry_id(), view.last_change(), len(view.facts((DEMO,)))) == before
    assert (second["old.hl7"]["taken"], second["old.hl7"]["repeated"]) == (0, 1)
    assert (second["growth.csv"]["repeated"], second["growth.csv"]["held"]) == (1, 1)
    assert second["growth.csv"]["problems"] == first["growth.csv"]["problems"]


def test_a_dry_run_says_the_same_and_changes_nothing(run: Run, home: MadeHome, folder: Path) -> None:
    (folder / "old.hl7").write_bytes(adt("A1") + adt("X1").replace(b"ADT^A28", b"DFT^P03"))
    (folder / "growth.csv").write_text(GROWTH)
    foretold = loaded(run, home, folder, "--dry-run")
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        assert view.last_entry_id() == 0
        assert clinic.intake_reader().last_id() == 0
    done = loaded(run, home, folder)
    for report in (*foretold.values(), *done.values()):
        for problem in report["problems"]:
            del problem["entry"]
    assert foretold == done
    assert done["old.hl7"]["ignored"] == 1


def test_rows_of_nobody_known_wait_for_the_patient(run: Run, home: MadeHome, folder: Path) -> None:
    (folder / "growth.csv").write_text(GROWTH)
    report = loaded(run, home, folder)["growth.csv"]
    assert [problem["code"] for problem in report["problems"]] == ["UNKNOWN-PATIENT", "UNKNOWN-PATIENT"]
    assert loaded(run, home, folder, "--dry-run")["growth.csv"]["held"] == 2
    home.receive(adt("A1"))
    again = loaded(run, home, folder)["growth.csv"]
    assert (again["repeated"], again["held"]) == (1, 1)


def test_other_people_are_neither_landed_nor_named(run: Run, home: MadeHome, folder: Path) -> None:
    profile = home.root / "profiles" / "site.toml"
    profile.write_text(profile.read_text("utf-8") + '\n[roster]\nfile = "roster.txt"\n', "utf-8")
    roster = home.root / "profiles" / "roster.txt"
    roster.write_text("DEMO|1001\n")
    (folder / "old.hl7").write_bytes(adt("A1") + adt("B1", mrn="2002", name="Stranger^Sam"))
    (folder / "growth.csv").write_text(GROWTH.replace("1001,DEMO,2019-06", "2002,DEMO,2019-06"))
    reports = loaded(run, home, folder)
    assert [report["outside"] for report in reports.values()] == [1, 1]
    assert [report["problems"] for report in reports.values()] == [[], []]
    with home.clinic() as clinic:
        assert clinic.intake_reader().last_id() == 2
    roster.write_text("DEMO|1001\nDEMO|2002\n")
    later = loaded(run, home, folder)
    assert [(report["taken"], report["repeated"]) for report in later.values()] == [(1, 1), (0, 1)]
    assert later["growth.csv"]["problems"][0]["code"] == "IMPLAUSIBLE-VALUE"


def test_what_is_no_history_is_refused_and_the_rest_is_loaded(run: Run, home: MadeHome, folder: Path) -> None:
    (folder / "letter.txt").write_text("Dear colleague")
    (folder / "growth.csv").write_text("mrn,date,kilos\n1,2,3\n")
    (folder / "batch.hl7").write_bytes(b"BHS|^~\\&|LAB|DEMO\r" + adt("A1") + b"BTS|2\r")
    ran = run("load", str(folder), *home.words)
    assert (ran.status, ran.error) == (1, "")
    assert "letter.txt: LOAD-NOT-HL7: " in ran.text
    assert "growth.csv: LOAD-COLUMNS: line 1: " in ran.text
    assert "batch.hl7: BATCH-INCOMPLETE: BTS-1 says 2 messages, 1 came" in ran.text


def test_the_report_in_words(run: Run, home: MadeHome, folder: Path) -> None:
    (folder / "growth.csv").write_text(GROWTH)
    dry = run("load", str(folder), "--dry-run", *home.words)
    assert "growth.csv, line 2: held: UNKNOWN-PATIENT: " in dry.text
    assert dry.text.endswith("Nothing was loaded: this only says what would become of each row.\n")
    done = run("load", str(folder), *home.words)
    assert "growth.csv, line 3: held (entry 2): UNKNOWN-PATIENT: " in done.text
    assert done.status == 0


def test_who_may_load_and_from_where(run: Run, home: MadeHome, folder: Path, tmp_path: Path) -> None:
    assert run("load", str(folder), *home.words).code == "LOAD-NO-FILES"
    assert run("load", str(tmp_path / "nowhere"), *home.words).code == "LOAD-NO-FILES"
    (folder / "growth.csv").write_text(GROWTH)
    home.give_roles(("clinician",))
    assert run("load", str(folder), *home.words).code == "ACCESS-DENIED"
    with home.clinic() as clinic:
        assert clinic.intake_reader().last_id() == 0
