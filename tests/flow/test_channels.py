"""Two listeners with a dialect each, and a dialect that is mended while they run."""

import socket

import pytest

from tests.flow.hl7_text import adt, control_id, result, send
from tests.flow.program import Site, until

pytestmark = pytest.mark.xdist_group("flow")

LAB = """name = "lab"
edition = "{edition}"
extends = "generic"
{rows}
"""
ROW = """[[measurement]]
key = "fev1_lab"
system = "L"
code = "PFT100"
name = "FEV1 of the laboratory"
status = "site"
source = "laboratory"
series = "fev1"
unit = "L"
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


def test_a_dialect_per_listener_and_a_mend_without_a_restart(home_site: Site) -> None:
    port = free_port()
    profile = home_site.home / "profiles" / "lab.toml"
    profile.write_text(LAB.format(edition="1", rows=ROW), "utf-8")
    with (home_site.home / "commonground.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[channel]]\nname = "lab"\nport = {port}\nprofile = "lab"\n')
    home_site.start_bridge()
    lab = f"127.0.0.1:{port}"
    assert home_site.status("bridge")["mllp:lab"] == lab
    known, by_lab, by_ehr = control_id(), control_id(), control_id()
    send(home_site.mllp, adt(known, "8001"))
    home_site.entry(known, "applied")
    local = "NM|PFT100^FEV1^L||2.75|L|||||F"
    assert send(lab, result(by_lab, "8001", local)) == ["AA"]
    assert send(home_site.mllp, result(by_ehr, "8001", local, order="O-2")) == ["AA"]
    assert home_site.entry(by_lab, "applied")["channel"] == "mllp:lab"
    assert home_site.entry(by_ehr, "held")["code"] == "UNKNOWN-CODE"
    profile.write_text(
        LAB.format(edition="2", rows=ROW + ROW.replace("PFT100", "PFT7").replace("fev1_lab", "b"))
    )

    def taken() -> bool:
        mended = control_id()
        send(lab, result(mended, "8001", local.replace("PFT100", "PFT7"), order=mended))
        return str(home_site.entry(mended, "applied", "held")["state"]) == "applied"

    until(taken, "the changed profile to be in force")
