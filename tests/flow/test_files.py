"""Batches, files that are left, history that is loaded, other people's messages: the installed program."""

from pathlib import Path

import pytest

from tests.flow.hl7_text import Sender, adt, control_id, spirometry
from tests.flow.program import Site, until

pytestmark = pytest.mark.xdist_group("flow")
GROWTH = "mrn,authority,date,weight\n8101,DEMO,2019-05-01,48.5\n8102,DEMO,2019-05-01,51\n"


@pytest.fixture
def clinic(home_site: Site) -> Site:
    """A home with a roster of one, a drop folder, and a running bridge."""
    (home_site.home / "drop").mkdir()
    (home_site.home / "profiles" / "roster.txt").write_text("DEMO|8101\n")
    with (home_site.home / "profiles" / "site.toml").open("a", encoding="utf-8") as file:
        file.write('\n[roster]\nfile = "roster.txt"\n')
    settings = home_site.home / "commonground.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[bridge]\n", '[bridge]\ndrop = "drop"\n'), "utf-8")
    home_site.start_bridge()
    return home_site


def test_by_batch_by_file_and_by_command(clinic: Site, tmp_path: Path) -> None:
    ours, theirs, dropped = control_id(), control_id(), control_id()
    with Sender(clinic.mllp) as sender:
        batch = (
            b"BHS|^~\\&|LAB|DEMO|CG|DEMO|2026||||77\r" + adt(ours, "8101") + adt(theirs, "8102") + b"BTS|2\r"
        )
        sender.socket.sendall(b"\x0b" + batch + b"\x1c\r")
        answer = b""
        while not answer.endswith(b"\x1c\r"):
            answer += sender.socket.recv(4096)
    assert answer.count(b"MSA|AA|") == 2
    part = clinic.entry(ours, "applied")
    other = clinic.entry(theirs, "ignored")
    assert other["code"] == "NOT-ROSTERED"
    assert clinic.run("inbox", "show", str(other["id"]), "--raw").raw == b""
    whole = next(row for row in clinic.inbox() if row["id"] == part["part_of"] == other["part_of"])
    assert (whole["type"], whole["state"]) == ("BATCH", "ignored")

    (clinic.home / "drop" / "lung.hl7").write_bytes(spirometry(dropped, "8101"))
    assert clinic.entry(dropped, "applied")["channel"] == "drop"
    done = clinic.home / "drop" / "done" / "lung.hl7"
    until(lambda: done.exists() or None, "the file to be moved")

    history = tmp_path / "history"
    history.mkdir()
    (history / "growth.csv").write_text(GROWTH)
    (report,) = clinic.run("load", str(history), "--json").json
    assert (report["rows"], report["taken"], report["outside"]) == (2, 1, 1)
    (again,) = clinic.run("load", str(history), "--json").json
    assert (again["taken"], again["repeated"], again["outside"]) == (0, 1, 1)

    (clinic.home / "profiles" / "roster.txt").write_text("DEMO|8101\nDEMO|8102\n")
    clinic.entry(theirs, "applied")
    told = next(check for check in clinic.run("doctor", "--json").json if check["name"] == "roster")
    assert "0 today" in told["what"]
