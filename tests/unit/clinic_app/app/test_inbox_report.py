"""The report by sender through the command: counts, codes, the lag of the check, and nobody's data."""

from datetime import timedelta

from clinic_app.app.checker import EVERY
from clinic_app.model.entries import Finding
from clinic_app.store.conformance import ConformanceFile
from clinic_app.system.key_file import KeyFile
from tests.unit.clinic_app.app.made_home import (
    NOW,
    MadeHome,
    Run,
    adt,
    home_weight,
    message_received,
    spirometry,
)

LOCAL = "PFT100^Forced volume^L"


def opened(home: MadeHome) -> ConformanceFile:
    return ConformanceFile(home.root / "conformance.db", KeyFile(home.key_file).get("intake"))


def test_the_text_is_ready_to_be_mailed(run: Run, home: MadeHome) -> None:
    _, entry = home.receive(adt("A1"), spirometry("R1", code=LOCAL))
    home.land(message_received(spirometry("R2"), NOW - timedelta(hours=3)))
    file = opened(home)
    file.keep(entry, "shape", [Finding("CONFORMANCE-SEGMENTS", "segment 3 is ZZZ as sent")])
    file.close()
    ran = run("inbox", "report", *home.words)
    assert ran.status == 0
    assert ran.text.splitlines()[1:] == [
        "This report names codes, units, places and our inbox numbers. It holds no patient's data.",
        "",
        "From LAB|DEMO",
        "  ADT^A28: 1 received (1 applied)",
        "  ORU^R01: 2 received (1 held, 1 not yet looked at)",
        f"    held      UNKNOWN-CODE: 1 message, at OBX-3 (for example no. {entry})",
        f"    remarked  CONFORMANCE-SEGMENTS: 1 message, at ZZZ (for example no. {entry})",
        "  Codes that our profile does not know:",
        "    PFT100 of L: 1",
        "",
        "Structure check (hl7apy): 2 messages have not been looked at yet, the oldest for 3 hours.",
    ]
    assert ran.text.startswith("What was received so far, as of 2026-03-02 ")
    for private in ("Sample", "Maya", "1001", "2002", "2.50"):
        assert private not in ran.text


def test_machines_get_the_same(run: Run, home: MadeHome) -> None:
    entry = home.receive(adt("A1"), spirometry("R1", code=LOCAL))[1]
    told = run("inbox", "report", "--json", *home.words).json
    assert told["since"] is None
    assert told["checking"] == {"waiting": 2, "oldest": NOW.isoformat(), "oldest_age_seconds": 0}
    (sender,) = told["senders"]
    assert (sender["sender"], sender["unknown_units"]) == ("LAB|DEMO", [])
    assert sender["unknown_codes"] == [{"code": "PFT100 of L", "count": 1}]
    assert sender["types"][1] == {
        "type": "ORU^R01",
        "received": 1,
        "applied": 0,
        "held": 1,
        "ignored": 0,
        "waiting": 0,
        "reasons": [
            {"code": "UNKNOWN-CODE", "count": 1, "entries": 1, "places": ["OBX-3"], "example": entry}
        ],
        "findings": [],
    }


def test_one_sender_and_one_day(run: Run, home: MadeHome) -> None:
    home.land(message_received(adt("A0"), NOW - timedelta(days=9)))
    home.receive(adt("A1"), spirometry("R1").replace(b"|LAB|DEMO|", b"|PFT|DEMO|", 1))

    def counts(*words: str) -> dict[str, int]:
        told = run("inbox", "report", "--json", *words, *home.words).json
        return {one["sender"]: sum(kind["received"] for kind in one["types"]) for one in told["senders"]}

    assert counts() == {"LAB|DEMO": 2, "PFT|DEMO": 1}
    assert counts("--sender", "PFT|DEMO") == {"PFT|DEMO": 1}
    assert counts("--since", "2026-03-02") == {"LAB|DEMO": 1, "PFT|DEMO": 1}
    assert counts("--since", "2026-03-03") == {}
    text = run("inbox", "report", "--since", "2026-03-03", *home.words).text
    assert text.startswith("What was received since 2026-03-03, as of ")
    assert "Nothing was received." in text


def test_what_was_checked_is_no_lag(run: Run, home: MadeHome) -> None:
    first, second, third = home.receive(adt("A1"), adt("A2"), adt("A3"))
    home.submit(home_weight("p1", 60.0))
    file = opened(home)
    file.keep(third, "shape", [])
    file.move(EVERY, first)
    assert run("inbox", "report", "--json", *home.words).json["checking"]["waiting"] == 1
    file.keep(second, "shape", [])
    file.close()
    assert "every message was looked at" in run("inbox", "report", *home.words).text


def test_what_cannot_be_read_is_said(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    (home.root / "conformance.db").write_bytes(b"not a database" * 400)
    ran = run("inbox", "report", *home.words)
    assert "its results cannot be read now; `commonground doctor` says why" in ran.text
    assert "ADT^A28: 1 received (1 applied)" in ran.text
    assert run("inbox", "report", "--json", *home.words).json["checking"] is None


def test_one_that_did_not_name_itself_is_told_all_the_same(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1").replace(b"|LAB|DEMO|", b"|||", 1))
    assert "From a sender without a name (MSH-3, MSH-4)\n" in run("inbox", "report", *home.words).text


def test_wrong_use_and_a_look_on_record(run: Run, home: MadeHome) -> None:
    for words in (["7"], ["--limit", "2"], ["--since", "yesterday"], ["--since", "1066-10-14"]):
        ran = run("inbox", "report", *words, *home.words)
        assert (ran.status != 0, ran.code) == (True, "USE"), words
    assert run("inbox", "list", "--sender", "X", *home.words).code == "USE"
    home.give_roles(["research_data_manager"])
    assert run("inbox", "report", *home.words).code == "ACCESS-DENIED"
