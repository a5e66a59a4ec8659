"""What goes back to the EHR, through the command."""

import re

import pytest

from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run, home_weight
from tests.unit.clinic_app.app.test_outbound import queue, send, with_patient
from tests.wire.receiver import Receiver

FIELDS = {"id", "state", "kind", "control_id", "source", "created_at", "attempts", "code", "series"}


def refused(run: Run, home: MadeHome) -> None:
    """A weight that the EHR refused, and one that waits."""
    with_patient(home, run)
    home.submit(home_weight("p1", 61.5))
    queue(home)
    send(home, Receiver(["AE"]))
    home.submit(home_weight("p1", 62.5, "w2"))
    queue(home)


def test_the_list_has_the_documented_fields_newest_first_and_names_nobody(run: Run, home: MadeHome) -> None:
    refused(run, home)
    ran = run("outbox", "list", "--json", *home.words)
    assert all(set(row) >= FIELDS for row in ran.json)
    assert [(row["id"], row["state"]) for row in ran.json] == [(2, "waiting"), (1, "refused")]
    assert [row["code"] for row in ran.json] == ["", "AE"]
    assert [row["next_attempt"] is None for row in ran.json] == [False, True]
    assert ran.json[1]["series"] == [{"series": "home_weight", "standing": "F"}]
    assert "Muñoz" not in ran.text
    assert "1001" not in ran.text
    (row,) = run("outbox", "list", "--state", "refused", "--json", *home.words).json
    assert row["id"] == 1
    table = run("outbox", "list", "--limit", "1", *home.words)
    assert re.search(r"^id  state    kind     control_id ", table.text)
    assert table.error == "Only the newest 1 are shown; --limit shows more.\n"


def test_one_is_shown_with_the_answer_or_as_its_bytes(run: Run, home: MadeHome) -> None:
    refused(run, home)
    shown = run("outbox", "show", "1", "--json", *home.words).json
    assert (shown["state"], shown["answer"]) == ("refused", "")
    text = run("outbox", "show", "1", *home.words).text
    assert "code: AE\n" in text
    assert "series: home_weight F\n" in text
    assert "next_attempt:\n" in text
    raw = run("outbox", "show", "1", "--raw", *home.words)
    assert raw.out.startswith(b"MSH|^~\\&|COMMONGROUND|")


def test_resent_it_goes_again_withdrawn_it_does_not(run: Run, home: MadeHome) -> None:
    refused(run, home)
    assert run("outbox", "withdraw", "2", "--json", *home.words).json["code"] == "WITHDRAWN-BY-HAND"
    assert "state: waiting\n" in run("outbox", "resend", "1", *home.words).text
    receiver = Receiver()
    send(home, receiver)
    rows = run("outbox", "list", "--json", *home.words).json
    assert [row["code"] for row in rows] == ["WITHDRAWN-BY-HAND", "AA"]
    assert [row["state"] for row in rows] == ["given_up", "acknowledged"]
    assert len(receiver.kept) == 1
    again = run("outbox", "resend", "1", *home.words)
    assert (again.status, again.code) == (2, "MESSAGE-DONE")
    assert re.fullmatch(ERROR, again.error)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show",), "USE"),
        (("resend",), "USE"),
        (("list", "3"), "USE"),
        (("show", "1", "--state", "refused"), "USE"),
        (("withdraw", "1", "--raw"), "USE"),
        (("show", "9"), "MESSAGE-UNKNOWN"),
    ],
)
def test_wrong_use_is_said(run: Run, home: MadeHome, words: tuple[str, ...], code: str) -> None:
    ran = run("outbox", *words, *home.words)
    assert ran.code == code
    assert re.fullmatch(ERROR, ran.error)


def test_it_is_for_those_who_may(run: Run, home: MadeHome) -> None:
    refused(run, home)
    home.give_roles(["improvement"])
    assert run("outbox", "list", *home.words).code == "ACCESS-DENIED"
