"""What was received, what became of it, and the mend, through the command."""

import re
from collections.abc import Sequence
from itertools import islice, permutations

import pytest
from sqlalchemy import text

from clinic_app.model.entries import Finding
from clinic_app.store.conformance import ConformanceFile
from clinic_app.system.key_file import KeyFile
from tests.unit.clinic_app.app.made_home import (
    ERROR,
    MadeHome,
    Run,
    adt,
    home_weight,
    message_received,
    spirometry,
)

LOCAL = "FEV1X^Forced volume^99LAB"
ROW = """
[systems]
"99LAB" = "99LAB"

[[measurement]]
key = "x"
series = "fev1"
system = "99LAB"
code = "FEV1X"
name = "FEV1"
unit = "L"
status = "verified_here"
source = "the laboratory's list"
"""
FIELDS = {"id", "state", "channel", "sender", "control_id", "type", "received_at", "reason", "code"}


def states(run: Run, home: MadeHome) -> dict[str, str]:
    return {row["control_id"]: row["state"] for row in run("inbox", "list", "--json", *home.words).json}


def test_the_list_has_the_documented_fields_newest_first(run: Run, home: MadeHome) -> None:
    ids = home.receive(adt("A1"), spirometry("R1"), spirometry("R2", mrn="77"))
    rows = run("inbox", "list", "--json", *home.words).json
    assert [row["id"] for row in rows] == ids[::-1]
    assert all(set(row) >= FIELDS for row in rows)
    assert [row["state"] for row in rows] == ["held", "applied", "applied"]
    assert rows[0]["code"] == "UNKNOWN-PATIENT"
    assert (rows[0]["channel"], rows[0]["sender"], rows[0]["type"]) == ("mllp", "LAB|DEMO", "ORU^R01")
    assert rows[0]["reason"]
    assert rows[0]["mend"]
    assert rows[0]["received_at"].startswith("2026-03-02T09:00")


def test_what_waits_in_the_intake_is_in_the_list_as_received(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    (waiting,) = home.land(message_received(spirometry("R1")))
    assert states(run, home) == {"R1": "received", "A1": "applied"}
    only = run("inbox", "list", "--state", "received", "--json", *home.words).json
    assert [row["id"] for row in only] == [waiting]
    assert run("inbox", "list", "--state", "held", "--json", *home.words).json == []
    shown = run("inbox", "show", str(waiting), "--json", *home.words).json
    assert (shown["state"], shown["control_id"]) == ("received", "R1")
    home.work()
    assert states(run, home) == {"R1": "applied", "A1": "applied"}


def test_the_limit_takes_the_newest(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), spirometry("R1"))
    home.land(*(message_received(spirometry(f"R{number}")) for number in (2, 3, 4)))

    def listed(limit: str) -> list[str]:
        rows = run("inbox", "list", "--limit", limit, "--json", *home.words).json
        return [row["control_id"] for row in rows]

    assert listed("2") == ["R4", "R3"]
    assert listed("4") == ["R4", "R3", "R2", "R1"]
    assert listed("9" * 30) == ["R4", "R3", "R2", "R1", "A1"]


def test_a_list_that_is_cut_says_so_to_people(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), adt("A2"))
    cut = run("inbox", "list", "--limit", "1", *home.words)
    whole = run("inbox", "list", "--limit", "3", *home.words)
    machine = run("inbox", "list", "--limit", "1", "--json", *home.words)
    assert cut.error == "Only the newest 1 are shown; --limit shows more.\n"
    assert (whole.error, machine.error) == ("", "")


def test_the_table_shows_control_characters_escaped(run: Run, home: MadeHome) -> None:
    home.receive(adt("A\x1b[2J1"))
    ran = run("inbox", "list", *home.words)
    assert ran.text.split()[:3] == ["id", "state", "channel"]
    assert "\\x1b[2J" in ran.text
    assert "\x1b" not in ran.text


@pytest.mark.parametrize("waiting", [False, True])
def test_raw_bytes_are_those_that_came(run: Run, home: MadeHome, waiting: bool) -> None:
    raw = adt("A1").replace(b"Maya", b"Ma\xff\x00\x1b\r\nya\x80")
    (entry,) = home.land(message_received(raw.replace(b"\xff", b"").replace(b"\x80", b"")))
    (other,) = home.land(message_received(adt("A2")))
    if not waiting:
        home.work()
    ran = run("inbox", "show", str(entry), "--raw", *home.words)
    assert (ran.status, ran.error) == (0, "")
    assert ran.out == raw.replace(b"\xff", b"").replace(b"\x80", b"")
    assert run("inbox", "show", str(other), "--raw", *home.words).out == adt("A2")


def test_each_look_at_raw_bytes_is_logged(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(adt("A1"))
    run("inbox", "show", str(entry), "--raw", *home.words)
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        (patient,) = view.identifiers_with_value("1001")
        rows = view.accesses([patient])
    assert [row.action for row in rows if row.entry_id == entry and row.account != "system"] == ["read_raw"]


def test_a_look_at_bytes_that_still_wait_is_logged_too(run: Run, home: MadeHome) -> None:
    (entry,) = home.land(message_received(adt("A1")))
    run("inbox", "show", str(entry), *home.words)
    run("inbox", "show", str(entry), "--raw", *home.words)
    query = text("SELECT count(*) FROM access_log WHERE action='read_raw' AND entry_id=:entry")
    with home.clinic() as clinic, clinic.store._engine.begin() as connection:
        assert connection.execute(query, {"entry": entry}).scalar() == 2


def test_one_entry_is_shown_to_people_and_to_machines(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(spirometry("R1"))
    text = run("inbox", "show", str(entry), *home.words).text
    assert f"id: {entry}\n" in text
    assert "code: UNKNOWN-PATIENT\n" in text
    assert run("inbox", "show", str(entry), "--json", *home.words).json["mend"] in text


def test_remarks_of_the_structure_check_are_findings_of_the_entry(run: Run, home: MadeHome) -> None:
    entry, other = home.receive(adt("A1"), adt("A2"))
    file = ConformanceFile(home.root / "conformance.db", KeyFile(home.key_file).get("intake"))
    file.keep(entry, "shape", [Finding("STRUCTURE", "ZZZ is not known")])
    file.close()
    remark = {"code": "STRUCTURE", "text": "ZZZ is not known"}
    assert remark in run("inbox", "show", str(entry), "--json", *home.words).json["findings"]
    assert "finding: STRUCTURE: ZZZ is not known\n" in run("inbox", "show", str(entry), *home.words).text
    rows = {row["id"]: row["findings"] for row in run("inbox", "list", "--json", *home.words).json}
    assert remark in rows[entry]
    assert remark not in rows[other]
    (home.root / "conformance.db").write_bytes(b"not a database" * 400)
    assert run("inbox", "show", str(entry), "--json", *home.words).status == 0


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["show"], 2, "USE"),
        (["accept"], 2, "USE"),
        (["show", "one"], 2, "USE"),
        (["show", "-1"], 2, "USE"),
        (["show", "0"], 2, "USE"),
        (["show", "²"], 2, "USE"),
        (["show", "1", "--raw", "--json"], 2, "USE"),
        (["show", "1", "--state", "held"], 2, "USE"),
        (["list", "1"], 2, "USE"),
        (["list", "--raw"], 2, "USE"),
        (["list", "--limit", "0"], 2, "USE"),
        (["list", "--state", "lost"], 2, "USE"),
        (["replay", "--limit", "3"], 2, "USE"),
        (["show", "99"], 1, "ENTRY-UNKNOWN"),
        (["show", "99", "--raw"], 1, "ENTRY-UNKNOWN"),
        (["show", "9" * 40], 1, "ENTRY-UNKNOWN"),
        (["replay", "99"], 1, "ENTRY-UNKNOWN"),
        (["accept", "99"], 1, "ENTRY-UNKNOWN"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, home: MadeHome, words: Sequence[str], status: int, code: str
) -> None:
    ran = run("inbox", *words, *home.words)
    assert (ran.status, ran.code, ran.out) == (status, code, b"")
    assert re.fullmatch(ERROR, ran.error)


def test_a_changed_profile_applies_what_was_held(run: Run, home: MadeHome) -> None:
    _, held = home.receive(adt("A1"), spirometry("R1", code=LOCAL))
    assert states(run, home)["R1"] == "held"
    unchanged = run("inbox", "replay", "--json", *home.words).json
    assert (unchanged["looked"], unchanged["changed"]) == (1, 0)
    profile = home.root / "profiles" / "site.toml"
    profile.write_text(profile.read_text("utf-8") + ROW, "utf-8")
    changed = run("inbox", "replay", str(held), "--json", *home.words).json
    assert (changed["applied"], changed["recorded"]) == (1, 1)
    assert states(run, home)["R1"] == "applied"
    again = run("inbox", "replay", str(held), *home.words)
    assert again.text == "1 looked at, 0 changed: 1 applied, 0 held, 0 ignored; 0 facts new, 0 withdrawn.\n"
    fev1 = run("picture", "1001", "--json", *home.words).json["series"]["fev1"]
    assert [float(point["value"]) for point in fev1] == [2.5]


def test_an_invalid_profile_is_said_and_changes_nothing(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), spirometry("R1", code=LOCAL))
    (home.root / "profiles" / "site.toml").write_text("nonsense = [", "utf-8")
    ran = run("inbox", "replay", *home.words)
    assert (ran.status, ran.code) == (1, "PROFILE-INVALID")
    assert states(run, home)["R1"] == "held"


def test_a_birth_date_is_accepted_whatever_the_order(run: Run, home: MadeHome) -> None:
    messages = {
        "K1": adt("K1", sent="20260101"),
        "K2": adt("K2", birth="20020413", sent="20260201"),
        "R1": spirometry("R1"),
        "R2": spirometry("R2", birth="20020413"),
    }
    for number, order in enumerate(islice(permutations(messages), 0, None, 4)):
        mrn = str(2000 + number)
        ids = dict(
            zip(order, home.receive(*(renamed(messages[one], one, mrn) for one in order)), strict=True)
        )
        rows = {row["id"]: row for row in run("inbox", "list", "--json", *home.words).json}
        assert {one: rows[ids[one]]["state"] for one in messages} == {
            "K1": "applied",
            "K2": "held",
            "R1": "applied",
            "R2": "held",
        }, order
        assert rows[ids["K2"]]["code"] == rows[ids["R2"]]["code"] == "BIRTH-DATE-DIFFERS"
        done = run("inbox", "accept", str(ids["K2" if number % 2 else "R2"]), "--json", *home.words)
        assert done.json["changed"] == 2, done.error
        rows = {row["id"]: row for row in run("inbox", "list", "--json", *home.words).json}
        assert {rows[ids[one]]["state"] for one in messages} == {"applied"}


def renamed(raw: bytes, control: str, mrn: str) -> bytes:
    return raw.replace(control.encode(), f"{control}-{mrn}".encode()).replace(b"1001", mrn.encode())


def test_accepting_is_told_to_a_person(run: Run, home: MadeHome) -> None:
    _, held = home.receive(adt("A1"), spirometry("R1", birth="20020413"))
    ran = run("inbox", "accept", str(held), *home.words)
    assert (ran.status, ran.error) == (0, "")
    assert ran.text.startswith(f"You confirmed the birth date in entry {held}; it is on record.")


def test_there_is_nothing_to_accept_in_other_entries(run: Run, home: MadeHome) -> None:
    known, unknown = home.receive(adt("A1"), spirometry("R1", mrn="77"))
    for entry in (known, unknown):
        ran = run("inbox", "accept", str(entry), *home.words)
        assert (ran.status, ran.code) == (1, "NOTHING-TO-ACCEPT")
        assert re.fullmatch(ERROR, ran.error)


def test_a_submission_of_nobody_is_held_and_shown_byte_for_byte(run: Run, home: MadeHome) -> None:
    (entry,) = home.submit(home_weight("p1", 51.5))
    row = run("inbox", "show", str(entry), "--json", *home.words).json
    assert (row["state"], row["code"], row["channel"]) == ("held", "UNMATCHED-SUBMISSION", "fhir")
    assert b'"value": 51.5' in run("inbox", "show", str(entry), "--raw", *home.words).out


def test_an_account_without_a_role_sees_nothing(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    home.give_roles(())
    for words in (["list"], ["show", "1"], ["replay"], ["accept", "1"]):
        ran = run("inbox", *words, *home.words)
        assert (ran.status, ran.code, ran.out) == (1, "ACCESS-DENIED", b"")
