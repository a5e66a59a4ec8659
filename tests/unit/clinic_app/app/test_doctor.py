"""What `doctor` finds wrong in a home, each once, with its mend."""

import contextlib
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from clinic_app.app.context import Context
from clinic_app.app.doctor import examine_home, free_bytes
from clinic_app.app.doctor_checks import LOW_DISK_BYTES, Check, drop_checks, outbox_checks, roster_check
from clinic_app.model.outbox import OutboxHealth
from clinic_app.model.roster import OutsideCount, OutsideState
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, Run, adt, message_received, spirometry
from tests.wire.certificates import Authority


def found(home: MadeHome, **more: Callable[[Path], int]) -> dict[str, Check]:
    """Checks by name; the last of a name, which is the one with a mend."""
    return {check.name: check for check in examine_home(Context.of(home.root, NOW), **more)}


def states(home: MadeHome) -> dict[str, str]:
    return {name: check.state for name, check in found(home).items() if check.state != "ok"}


QUIET = {
    "site profile": "note",
    "bridge": "note",
    "portal": "note",
    "EHR feed": "note",
    "portal feed": "note",
}
"""What a fresh home without running programs says."""


def test_a_fresh_home_is_well(run: Run, home: MadeHome) -> None:
    home.set("portal", port=9)
    assert states(home) == QUIET
    ran = run("doctor", *home.words)
    assert (ran.status, ran.error) == (0, "")
    assert "ok     main store: opens; newest entry 0\n" in ran.text
    assert "BRIDGE-DOWN. Start `commonground bridge`" in ran.text


def test_machines_get_every_check(run: Run, home: MadeHome) -> None:
    checks = run("doctor", "--json", *home.words).json
    assert all(set(check) == {"name", "state", "what", "mend", "code"} for check in checks)
    assert all(bool(check["mend"]) == bool(check["code"]) == (check["state"] != "ok") for check in checks)


def test_no_home(run: Run, tmp_path: Path) -> None:
    ran = run("doctor", "--home", str(tmp_path / "none"))
    assert (ran.status, ran.error) == (1, "")
    assert ran.text.startswith("WRONG  home: there is no Common Ground home in")
    assert "HOME-MISSING. Make one with `commonground init`" in ran.text


def wrong_key(home: MadeHome) -> None:
    content = json.loads(home.key_file.read_text())
    content["secrets"]["main"] = content["secrets"]["intake"]
    home.key_file.write_text(json.dumps(content))


def corrupt(home: MadeHome) -> None:
    path = home.root / "main.db"
    path.write_bytes(os.urandom(4096) + path.read_bytes()[4096:])


def bad_settings(home: MadeHome) -> None:
    home.set("bridge", port="many")


def bad_profile(home: MadeHome) -> None:
    (home.root / "profiles" / "site.toml").write_text("[units]\nLiter = 3\n")


def no_profile(home: MadeHome) -> None:
    (home.root / "profiles" / "site.toml").unlink()


def undecodable_profile(home: MadeHome) -> None:
    (home.root / "profiles" / "site.toml").write_bytes(b"\xff\xfe")


@pytest.mark.parametrize(
    ("harm", "name", "code", "says"),
    [
        (lambda home: home.key_file.unlink(), "keys", "KEY-MISSING", "keys"),
        (lambda home: home.key_file.chmod(0o644), "keys", "KEY-FILE-MODE", "0644"),
        (wrong_key, "main store", "STORE-KEY", "main.db"),
        (corrupt, "main store", "STORE-CORRUPT", "main.db"),
        (lambda home: (home.root / "intake.db").unlink(), "intake", "STORE-MISSING", "intake.db"),
        (lambda home: (home.root / "portal.db").unlink(), "portal store", "STORE-MISSING", "portal.db"),
        (bad_settings, "settings", "SETTINGS-INVALID", "bridge.port must be a whole number"),
        (bad_profile, "site profile", "PROFILE-INVALID", "site"),
        (no_profile, "site profile", "PROFILE-MISSING", "generic"),
        (undecodable_profile, "site profile", "PROFILE-INVALID", "UTF-8"),
    ],
)
def test_what_is_wrong_is_said_once_with_its_mend(
    run: Run, home: MadeHome, harm: Callable[[MadeHome], None], name: str, code: str, says: str
) -> None:
    harm(home)
    check = found(home)[name]
    assert (check.state, check.code) == ("wrong", code)
    assert says in check.what
    assert check.mend
    ran = run("doctor", *home.words)
    assert ran.status == 1
    assert ran.text.count(check.what) == 1, ran.text
    assert "Traceback" not in ran.text + ran.error


def test_wrong_settings_name_line_and_key(home: MadeHome) -> None:
    bad_settings(home)
    line = home.settings.read_text().split("\n").index('port = "many"') + 1
    assert f"line {line}: bridge.port" in found(home)["settings"].what


def test_little_space_is_wrong(home: MadeHome) -> None:
    assert free_bytes(home.root) > 0
    assert found(home, free=lambda folder: LOW_DISK_BYTES)["disk"].state == "ok"
    low = found(home, free=lambda folder: LOW_DISK_BYTES - 1)["disk"]
    assert (low.state, low.code, low.what) == ("wrong", "DISK-LOW", "499 MiB free")


def test_a_feed_is_stale_by_the_present_that_is_given(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    home.set("portal", port=9)
    at = NOW + timedelta(hours=23, minutes=59)
    fresh = run("doctor", "--json", "--home", str(home.root), "--now", at.isoformat())
    at += timedelta(minutes=2)
    stale = run("doctor", "--json", "--home", str(home.root), "--now", at.isoformat())
    assert [check["state"] for check in fresh.json if check["name"] == "EHR feed"] == ["ok"]
    (check,) = (check for check in stale.json if check["name"] == "EHR feed")
    assert (check["state"], check["code"]) == ("stale", "FEED-STALE")
    assert check["what"] == "last received 2026-03-02 09:00 UTC"
    assert stale.status == 0


def test_what_is_held_and_what_waits_is_told(run: Run, home: MadeHome) -> None:
    home.receive(spirometry("R1"))
    home.land(message_received(adt("A1")))
    text = run("doctor", *home.words).text
    assert "EHR feed: 1 entries are held\n       ENTRIES-HELD." in text
    assert "EHR feed: 1 entries wait to be translated\n       ENTRIES-WAITING." in text


def test_an_account_without_a_role_is_told_so_and_nothing_else_is_wrong(run: Run, home: MadeHome) -> None:
    home.give_roles(())
    home.set("portal", port=9)
    assert states(home) == {"site profile": "note", "account": "note", "bridge": "note", "portal": "note"}
    assert run("doctor", *home.words).status == 0


def running(home: MadeHome, **status: object) -> dict[str, Check]:
    """The checks while a bridge holds its lock, with its children, and says this of itself."""
    told = Home.at(home.root)
    told.status("bridge").write_text(json.dumps({"mllp": "127.0.0.1:40123", **status}))
    with RoleLock(told, "bridge"), RoleLock(told, "worker"), RoleLock(told, "checker"):
        return found(home)


def test_a_running_bridge_says_what_it_does(home: MadeHome) -> None:
    checks = running(
        home,
        started_by="workstation",
        worker={"state": "idle", "code": ""},
        checker={"checked": 7, "differing": 2, "lag": 3},
        portal={"at": "2026-03-02T09:00:00+00:00", "code": "", "failures": 0},
    )
    names = ("bridge", "worker", "structure check", "portal sync")
    assert [checks[name].state for name in names] == ["ok"] * 4
    assert f"process {os.getpid()} (a workstation started it) accepts on 127.0.0.1:40123" in (
        checks["bridge"].what
    )
    assert checks["structure check"].what == "7 messages checked, 2 with remarks, 3 still to be looked at"


def test_what_stops_its_children_is_told(home: MadeHome) -> None:
    checks = running(
        home,
        worker={"state": "waiting", "code": "STORE-FULL"},
        checker="nonsense",
        portal={"code": "PORTAL-TOKEN", "failures": 4},
    )
    assert (checks["worker"].state, checks["worker"].code) == ("wrong", "STORE-FULL")
    assert (checks["portal sync"].state, checks["portal sync"].code) == ("note", "PORTAL-TOKEN")
    assert "4 in a row" in checks["portal sync"].what
    assert checks["structure check"].what.startswith("0 messages checked")
    assert "a workstation" not in checks["bridge"].what
    with RoleLock(Home.at(home.root), "bridge"):
        alone = found(home)
    assert (alone["worker"].state, alone["worker"].code) == ("wrong", "WORKER-DOWN")
    assert (alone["structure check"].state, alone["structure check"].code) == ("note", "CHECKER-DOWN")


class Answer(BaseHTTPRequestHandler):
    """Answers every question with the status that the address ends with."""

    def do_GET(self) -> None:  # noqa: N802 - the standard library's name
        self.send_response(int(re.findall(r"/(\d+)/", self.path)[0]))
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def answering() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "state"), [(200, "ok"), (503, "note")])
def test_a_portal_that_answers(home: MadeHome, status: int, state: str) -> None:
    with answering() as address:
        home.set("portal", url=f"{address}/{status}")
        check = found(home)["portal"]
    assert check.state == state
    assert (check.code == "PORTAL-UNREACHABLE") == (state == "note")


def test_another_portal_that_is_down_is_for_others_to_mend(home: MadeHome) -> None:
    home.set("portal", url="https://127.0.0.1:9/r4")
    check = found(home)["portal"]
    assert (check.what, check.code) == ("https://127.0.0.1:9/r4 does not answer", "PORTAL-UNREACHABLE")
    assert check.mend.startswith("Ask whoever runs it")


@pytest.mark.parametrize(
    ("days", "told"), [(100, ("ok", "")), (10, ("note", "TLS-EXPIRES")), (-1, ("wrong", "TLS-EXPIRED"))]
)
def test_the_end_of_the_certificate(home: MadeHome, tmp_path: Path, days: int, told: tuple[str, str]) -> None:
    files = Authority(tmp_path).issue("clinic", NOW + timedelta(days=days))
    home.set("bridge", tls_certificate=str(files.certificate), tls_key=str(files.key))
    line = found(home)["certificate"]
    assert (line.state, line.code) == told


def test_messages_that_cross_the_network_unencrypted_are_told(home: MadeHome) -> None:
    home.set("bridge", host="0.0.0.0", allow=["10.0.0.0/8"])
    assert found(home)["certificate"].code == "TLS-OFF"


def test_the_drop_folder_is_told() -> None:
    assert list(drop_checks({})) == []
    (well,) = drop_checks({"drop": {"code": "", "taken": 3, "failed": 0}})
    assert (well.state, well.what) == ("ok", "3 files taken since the bridge started")
    (note,) = drop_checks({"drop": {"code": "", "taken": 3, "failed": 2}})
    assert (note.state, note.code) == ("note", "DROP-FAILED")
    (wrong,) = drop_checks({"drop": {"code": "DROP-MISSING", "taken": 0, "failed": 0}})
    assert (wrong.state, wrong.code) == ("wrong", "DROP-MISSING")


def test_the_roster_is_told_in_counts(home: MadeHome) -> None:
    assert "roster" not in found(home)
    profile = home.root / "profiles" / "site.toml"
    profile.write_text(profile.read_text("utf-8") + '\n[roster]\nfile = "roster.txt"\n', "utf-8")
    assert found(home)["roster"].code == "ROSTER-UNREADABLE"
    (home.root / "profiles" / "roster.txt").write_text("DEMO|1001\n", "utf-8")
    home.receive(adt("A1"), adt("B1", mrn="2002"))
    told = found(home)["roster"]
    assert (told.state, told.what) == (
        "ok",
        "1 numbers are listed; messages for other people: 1 today, 1 in 7 days, 1 still to be erased",
    )


def test_messages_of_other_people_that_stay_too_long_are_wrong() -> None:
    counts = (OutsideCount("2026-03-02", "LAB|HOSP", 4), OutsideCount("2026-03-01", "LAB|HOSP", 5))
    old = OutsideState(counts, 9, NOW - timedelta(hours=25))
    check = roster_check(old, 0, True, NOW)
    assert (check.state, check.code) == ("wrong", "ROSTER-NOT-ERASED")
    assert "0 numbers are listed, and rules for visits" in check.what
    assert "4 today, 9 in 7 days" in check.what


def test_what_goes_back_to_the_ehr_is_told(home: MadeHome) -> None:
    assert "outbox" not in found(home)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        home.set("outbox", host="127.0.0.1", port=listener.getsockname()[1])
        told = found(home)
    assert (told["EHR's receiver"].state, told["outbox"].what) == (
        "ok",
        "nothing waits; nothing was taken yet",
    )
    told = found(home)
    assert (told["EHR's receiver"].state, told["EHR's receiver"].code) == ("note", "PEER-UNREACHABLE")
    home.give_roles([])
    assert "outbox" not in found(home)


def test_results_that_would_cross_the_network_unencrypted_are_told(home: MadeHome) -> None:
    home.set("outbox", host="ehr.invalid", port=1)
    told = found(home)["EHR's receiver"]
    assert (told.state, told.code) == ("note", "TLS-OFF")
    home.settings.write_text(home.settings.read_text().replace("port = 1\n", "port = 1\ntls = true\n"))
    assert found(home)["EHR's receiver"].code == "PEER-UNREACHABLE"


def test_what_waits_long_or_was_refused_is_work_to_do() -> None:
    (fresh,) = outbox_checks(OutboxHealth(2, 0, NOW - timedelta(minutes=15), "", NOW), NOW)
    assert fresh.state == "ok"
    assert fresh.what == ("2 wait, the oldest since 2026-03-02 08:45 UTC; last taken 2026-03-02 09:00 UTC")
    late, refused = outbox_checks(OutboxHealth(2, 1, NOW - timedelta(hours=1), "PEER-CLOSED"), NOW)
    assert (late.state, late.code) == ("stale", "PEER-CLOSED")
    assert (refused.what, refused.code) == ("1 were refused", "OUTBOX-REFUSED")
    (untried,) = outbox_checks(OutboxHealth(1, 0, NOW - timedelta(hours=1)), NOW)
    assert untried.code == "OUTBOX-WAITING"
