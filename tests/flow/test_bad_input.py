"""Bad input of every kind: a clear code, visible in the inbox list or the doctor, and nothing lost."""

import json
import resource

import pytest

from tests.flow.hl7_text import Sender, adt, control_id, head, message, result, send, spirometry
from tests.flow.program import Site, until

pytestmark = pytest.mark.xdist_group("flow")


def test_garbage_between_frames_is_kept_and_the_next_message_applied(shared_site: Site) -> None:
    control = control_id()
    with Sender(shared_site.mllp) as sender:
        sender.socket.sendall(b"this is no frame, and it names F-GARBAGE\r\n")
        assert sender.send(adt(control, "3001")) == "AA"
    shared_site.entry(control, "applied")
    seen = until(
        lambda: [row for row in shared_site.inbox() if row["code"] == "GARBAGE-BETWEEN-FRAMES"],
        "the garbage's trace",
    )
    kept = [shared_site.run("inbox", "show", str(row["id"]), "--raw").raw for row in seen]
    assert any(b"F-GARBAGE" in raw for raw in kept)


def test_a_frame_without_end_is_kept_and_others_go_on(shared_site: Site) -> None:
    control = control_id()
    with Sender(shared_site.mllp) as endless:
        endless.socket.sendall(b"\x0b" + adt(control_id(), "3002").replace(b"3002", b"ENDLESS-3002"))
        assert send(shared_site.mllp, adt(control, "3003")) == ["AA"]
    shared_site.entry(control, "applied")
    seen = until(
        lambda: [
            r for r in shared_site.inbox() if r["code"].startswith("FRAME-") and r["state"] != "received"
        ],
        "the broken frame's trace",
    )
    kept = [shared_site.run("inbox", "show", str(row["id"]), "--raw").raw for row in seen]
    assert any(b"ENDLESS-3002" in raw for raw in kept)


def test_a_message_without_msh_is_refused_and_visible(shared_site: Site) -> None:
    with Sender(shared_site.mllp) as sender:
        assert sender.send(b"PID|1||3004^^^DEMO^MR||NO-MSH^Nobody\r") == "AR"
    (row,) = until(lambda: [row for row in shared_site.inbox() if row["code"] == "NO-MSH"], "its trace")
    assert row["state"] == "held"
    assert row["mend"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("no PID", "NO-PID"),
        ("unknown patient", "UNKNOWN-PATIENT"),
        ("unknown code", "UNKNOWN-CODE"),
        ("unknown unit", "UNKNOWN-UNIT"),
        ("wrong birth date", "BIRTH-DATE-DIFFERS"),
    ],
)
def test_what_cannot_be_applied_is_held_with_its_reason_and_mend(
    shared_site: Site, name: str, code: str
) -> None:
    control, known = control_id(), control_id()
    send(shared_site.mllp, adt(known, "3010"))
    shared_site.entry(known, "applied")
    raw = {
        "no PID": message(head("ORU^R01", control), "OBR|1|1|1|x", "OBX|1|NM|20150-9^FEV1^LN||2.5|L|||||F"),
        "unknown patient": spirometry(control, "3999"),
        "unknown code": result(control, "3010", "NM|ODD7^Odd test^99ODD||7|L|||||F"),
        "unknown unit": result(control, "3010", "NM|20150-9^FEV1^LN||2.5|bushel|||||F"),
        "wrong birth date": spirometry(control, "3010", birth="19990101"),
    }[name]
    assert send(shared_site.mllp, raw) == ["AA"], "it is durable, so it is accepted"
    row = shared_site.entry(control, "held")
    assert row["code"] == code
    assert row["reason"]
    assert row["mend"]
    assert "fev1" not in shared_site.picture("3010")["series"]
    assert shared_site.run("inbox", "show", str(row["id"]), "--raw").raw == raw
    assert "ENTRIES-HELD" in shared_site.run("doctor").text


def test_an_unknown_patients_result_applies_when_the_patient_appears(shared_site: Site) -> None:
    early = control_id()
    send(shared_site.mllp, spirometry(early, "3020", "2.75"))
    assert shared_site.entry(early, "held")["code"] == "UNKNOWN-PATIENT"
    send(shared_site.mllp, adt(control_id(), "3020"))
    shared_site.entry(early, "applied")
    (fev1,) = shared_site.picture("3020")["series"]["fev1"]
    assert float(fev1["value"]) == 2.75


def test_a_value_below_a_limit_keeps_its_comparator(shared_site: Site) -> None:
    control = control_id()
    bilirubin = result(control, "3030", "SN|1975-2^Bilirubin^LN||<^0.5|mg/dL|||||F")
    worded = result(control_id(), "3030", "NM|1742-6^ALT^LN||<5|U/L|||||F", "O-2")
    send(shared_site.mllp, adt(control_id(), "3030"), worded, bilirubin)
    shared_site.entry(control, "applied")
    series = shared_site.picture("3030")["series"]
    assert [(float(p["value"]), p["comparator"]) for p in series["lab_bilirubin_total"]] == [(0.5, "<")]
    assert [(float(p["value"]), p["comparator"]) for p in series["lab_alt"]] == [(5.0, "<")]


def test_the_same_control_id_with_other_bytes_is_kept_and_flagged(shared_site: Site) -> None:
    control = control_id()
    first, other = adt(control, "3040"), adt(control, "3041")
    assert send(shared_site.mllp, first, first, other) == ["AA", "AA", "AA"]
    rows = until(lambda: two([r for r in shared_site.inbox() if r["control_id"] == control]), "both entries")
    assert "CONTROL-ID-REUSED" in json.dumps(rows)


def two(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return rows if len(rows) == 2 and all(row["state"] != "received" for row in rows) else []


def test_the_portal_is_down(home_site: Site) -> None:
    site = home_site
    site.start_bridge()
    control = control_id()
    assert send(site.mllp, adt(control, "3050")) == ["AA"]
    site.entry(control, "applied")
    assert "PORTAL-UNREACHABLE" in site.run("doctor").text


def test_a_full_disk_refuses_the_message_and_keeps_the_rest(home_site: Site) -> None:
    """A file-size limit stands for the full disk: the intake cannot grow, the sender is told."""
    site = home_site
    first = control_id()
    site.start_bridge()
    assert send(site.mllp, adt(first, "3060")) == ["AA"]
    site.entry(first, "applied")
    from_now = (site.home / "intake.db").stat().st_size
    limit_files(site.status("bridge")["pid"], from_now + 64 * 1024)
    filler = result(control_id(), "3060", f"ST|1742-6^ALT^LN||{'x' * 400_000}||||||F")
    assert send(site.mllp, filler)[0] in ("AE", "CE")
    assert site.entry(first)["state"] == "applied"
    last = control_id()
    limit_files(site.status("bridge")["pid"], -1)
    assert send(site.mllp, adt(last, "3061")) == ["AA"]
    site.entry(last, "applied")


def limit_files(pid: int, size: int) -> None:

    hard = resource.RLIM_INFINITY
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))
