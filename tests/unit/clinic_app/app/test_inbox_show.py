"""One message as a person reads it, through the command; with nobody's data; and who looked is on record."""

import pytest
from sqlalchemy import text

from clinic_app.model.entries import Finding
from clinic_app.services.masking import MASK
from clinic_app.store.conformance import ConformanceFile
from clinic_app.system.key_file import KeyFile
from tests.unit.clinic_app.app.made_home import (
    MadeHome,
    Run,
    adt,
    home_weight,
    message,
    message_received,
    spirometry,
)

LOCAL = "PFT100^Forced volume^L"


def looks(home: MadeHome, entry: int) -> list[str]:
    query = text(
        "SELECT action FROM access_log WHERE entry_id=:entry AND account<>'system'"
        " AND outcome='allowed' ORDER BY id"
    )
    with home.clinic() as clinic, clinic.store._engine.begin() as connection:
        return list(connection.execute(query, {"entry": entry}).scalars())


def test_the_message_is_printed_with_names_values_and_holds_beside_their_place(
    run: Run, home: MadeHome
) -> None:
    _, entry = home.receive(adt("A1"), spirometry("R1", code=LOCAL))
    out = run("inbox", "show", str(entry), *home.words).text
    assert "\nPID  Patient Identification\n" in out
    assert "\n  PID-3  Patient Identifier List\n      PID-3.1  ID Number: 1001\n" in out
    assert "\n      PID-5.1  Family Name: Sample\n" in out
    assert "\n  PID-8  Administrative Sex: F\n" in out
    told = out.partition("OBX-3.3  Name of Coding System: L\n")[2].splitlines()[0]
    assert told.startswith("      ! UNKNOWN-CODE: OBX[1]-3: the code PFT100 of L is not in the profile")


def test_machines_get_the_same(run: Run, home: MadeHome) -> None:
    _, entry = home.receive(adt("A1"), spirometry("R1", code=LOCAL))
    shown = run("inbox", "show", str(entry), "--json", *home.words).json
    message = shown["message"]
    assert (message["version"], message["encoding"], message["remarks"]) == ("2.5.1", "utf-8", [])
    pid = next(one for one in message["segments"] if one["segment"] == "PID")
    assert (pid["number"], pid["title"], pid["remarks"]) == (1, "Patient Identification", [])
    field = next(one for one in pid["fields"] if one["place"] == "PID-5")
    assert field == {
        "place": "PID-5",
        "name": "Patient Name",
        "values": [
            {"place": "PID-5.1", "name": "Family Name", "value": "Sample"},
            {"place": "PID-5.2", "name": "Given Name", "value": "Maya"},
        ],
        "remarks": [],
    }
    obx = next(one for one in message["segments"] if one["segment"] == "OBX")
    assert [one["remarks"][0]["code"] for one in obx["fields"] if one["remarks"]] == ["UNKNOWN-CODE"]


def test_what_the_structure_check_says_stands_beside_its_segment(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(adt("A1"))
    file = ConformanceFile(home.root / "conformance.db", KeyFile(home.key_file).get("intake"))
    file.keep(
        entry, "s", [Finding("CONFORMANCE-SEGMENTS", "segment 3 is PID as sent"), Finding("CHECK", "of all")]
    )
    file.close()
    out = run("inbox", "show", str(entry), *home.words).text
    assert "PID  Patient Identification\n  ! CONFORMANCE-SEGMENTS: segment 3 is PID as sent\n" in out
    assert out.endswith("\n! CHECK: of all\n")


def test_a_look_at_the_values_is_on_record_and_a_masked_one_is_none(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(adt("A1"))
    run("inbox", "show", str(entry), *home.words)
    assert looks(home, entry) == ["read_raw"]
    hidden = run("inbox", "show", str(entry), "--masked", *home.words).text
    assert looks(home, entry) == ["read_raw", "list_inbox"]
    assert f"PID-5.1  Family Name: {MASK}\n" in hidden
    assert "PID-3.4  Assigning Authority: DEMO\n" in hidden
    for secret in ("Sample", "Maya", "1001", "20020314"):
        assert secret not in hidden


def test_an_account_that_may_not_read_gets_masks(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(adt("A1"))
    home.give_roles(["coordinator"])
    ran = run("inbox", "show", str(entry), "--json", *home.words)
    assert ran.error == "Your account may not read what is said about people: values are masked.\n"
    assert b"Maya" not in ran.out
    assert run("inbox", "show", str(entry), "--raw", *home.words).code == "ACCESS-DENIED"


def test_one_that_waits_is_read_too(run: Run, home: MadeHome) -> None:
    (entry,) = home.land(message_received(adt("A1")))
    assert "Family Name: Sample" in run("inbox", "show", str(entry), *home.words).text
    assert "Sample" not in run("inbox", "show", str(entry), "--masked", *home.words).text
    assert looks(home, entry) == ["read_raw", "list_inbox"]


def test_a_submission_is_read_by_its_paths(run: Run, home: MadeHome) -> None:
    (entry,) = home.submit(home_weight("p-1", 51.5))
    out = run("inbox", "show", str(entry), *home.words).text
    assert "\nObservation\n  resourceType: Observation\n" in out
    assert "\n      valueQuantity.value: 51.5\n" in out
    assert "51.5" not in run("inbox", "show", str(entry), "--masked", *home.words).text


def test_lines_of_a_text_follow_each_other_and_control_characters_are_escaped(
    run: Run, home: MadeHome
) -> None:
    raw = message("MSH|^~\\&|LAB|DEMO|||20260101||ACK|N1|P|2.5.1", "NTE|1||one\\.br\\two\x1b[2J")
    (entry,) = home.receive(raw)
    assert "NTE-3  Comment: one\n        two\\x1b[2J\n" in run("inbox", "show", str(entry), *home.words).text


def test_a_message_can_be_read_while_the_profile_is_broken(run: Run, home: MadeHome) -> None:
    (entry,) = home.receive(adt("A1"))
    (home.root / "profiles" / "site.toml").write_text("name = ")
    assert "Family Name: Sample" in run("inbox", "show", str(entry), *home.words).text


@pytest.mark.parametrize("words", [["--raw", "--masked"], ["--masked", "--limit", "3"]])
def test_words_that_do_not_go_together(run: Run, home: MadeHome, words: list[str]) -> None:
    assert run("inbox", "show", "1", *words, *home.words).code == "USE"


def test_an_entry_that_is_not_there(run: Run, home: MadeHome) -> None:
    for words in ([], ["--masked"], ["--raw"]):
        assert run("inbox", "show", "99", *words, *home.words).code == "ENTRY-UNKNOWN"
