"""What the bridge is made of, and how its portal sync follows the portal."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest

from bridges.mllp.admission import House
from clinic_app.app.bridge_parts import EMBEDDED, bridge_parts
from clinic_app.app.compose import Clinic
from clinic_app.app.portal_keys import new_key
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError
from tests.unit.clinic_app.app.made_home import MadeHome
from tests.wire.certificates import Authority


@dataclass
class Intake:
    """Takes what the sync brings and remembers under which names it asks for its place."""

    asked: list[str] = field(default_factory=list)

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        done: Future[Sequence[Landed]] = Future()
        done.set_result([])
        return done

    def cursor(self, name: str) -> str:
        self.asked.append(name)
        return ""

    def close(self) -> None:
        """Nothing is open."""


def test_parts_are_those_of_the_settings(home: MadeHome, tmp_path: Path) -> None:
    home.set("bridge", host="127.0.0.2", port=4711, max_message_bytes=100_000, frame_deadline_seconds=7.0)
    with home.clinic() as clinic:
        parts = bridge_parts(clinic, None, tmp_path / "ready", "somebody")
        assert bridge_parts(clinic, 0, None, "").port == 0
    assert (parts.host, parts.port, parts.started_by) == ("127.0.0.2", 4711, "somebody")
    assert (parts.terms.limits.frame, parts.terms.frame_seconds) == (100_000, 7.0)
    assert [child.role for child in parts.children] == ["worker", "checker"]
    for child in parts.children:
        assert child.role in child.command
        assert "--now" in child.command, "children live in the same present"
        assert not any(str(key) in " ".join(child.command) for key in child.keys.values())
        assert {name: len(key) for name, key in child.keys.items()} == {"main": 32, "intake": 32}


def test_keys_are_in_no_representation(home: MadeHome) -> None:
    with home.clinic() as clinic:
        parts = bridge_parts(clinic, None, None, "")
        key = clinic.secrets.get("intake")
    assert repr(key) not in repr(parts)


def test_a_missing_key_is_said_before_anything_is_opened(home: MadeHome) -> None:
    home.key_file.unlink()
    with home.clinic() as clinic, pytest.raises(CommonGroundError, match="KEY-MISSING"):
        bridge_parts(clinic, None, None, "")


def test_a_damaged_profile_stops_no_reception(home: MadeHome, caplog: pytest.LogCaptureFixture) -> None:
    (home.root / "profiles" / "site.toml").write_text("nonsense")
    with home.clinic() as clinic, caplog.at_level(logging.ERROR, "commonground.bridge"):
        parts = bridge_parts(clinic, None, None, "")
    assert parts.terms.accepts is not None
    assert "PROFILE-INVALID" in caplog.text


async def watched(clinic: Clinic, intake: Intake, steps: Sequence[str]) -> list[Mapping[str, object]]:
    """What the sync tells while the portal's status file says each of these in turn ("" for none)."""
    parts = bridge_parts(clinic, None, None, "")
    assert parts.portal_sync is not None
    told: asyncio.Queue[Mapping[str, object]] = asyncio.Queue()
    stop, said = asyncio.Event(), []
    sync = asyncio.ensure_future(parts.portal_sync(intake, told.put_nowait, stop))
    status = clinic.home.status("portal")
    for step in steps:
        if step:
            status.write_text(f'{{"portal": "{step}"}}')
        else:
            status.unlink(missing_ok=True)
        said.append(await asyncio.wait_for(told.get(), 30))
        while not told.empty():
            told.get_nowait()
    stop.set()
    await asyncio.wait_for(sync, 30)
    return said


def test_an_embedded_portal_is_asked_again_as_soon_as_it_is_back(home: MadeHome) -> None:
    home.set("portal", port=9, poll_seconds=3600.0)
    intake = Intake()
    with home.clinic() as clinic:
        said = asyncio.run(watched(clinic, intake, ["", "http://127.0.0.1:9", "http://127.0.0.1:1"]))
    assert [report["code"] for report in said] == ["PORTAL-UNREACHABLE"] * 3
    assert all(set(report) == {"at", "code", "message", "failures"} for report in said)
    assert {name.split()[1:3] == EMBEDDED.split() for name in intake.asked} == {True}
    assert len(intake.asked) >= 3


def test_another_portal_is_asked_at_its_own_base(home: MadeHome) -> None:
    home.set("portal", url="https://127.0.0.1:9/r4/")
    intake = Intake()
    with home.clinic() as clinic:
        asyncio.run(watched(clinic, intake, [""]))
    assert intake.asked[0].startswith("fhir https://127.0.0.1:9/r4 ")


def test_without_a_key_the_sync_says_so_and_goes_on_once_there_is_one(home: MadeHome) -> None:
    home.set(
        "portal", url="https://127.0.0.1:9/r4", client_id="clinic", token_url="https://127.0.0.1:9/token"
    )
    with home.clinic() as clinic:
        (told,) = asyncio.run(watched(clinic, Intake(), [""]))
        assert told["code"] == "PORTAL-KEY"
        assert "portal-key new" in str(told["message"])
        new_key(clinic.home, clinic.secrets, clinic.now())
        intake = Intake()
        (told,) = asyncio.run(watched(clinic, intake, [""]))
        assert told["code"] == "PORTAL-UNREACHABLE"


def test_channels_house_and_certificate_are_those_of_the_settings(home: MadeHome, tmp_path: Path) -> None:
    files = Authority(tmp_path).issue("clinic")
    home.set(
        "bridge",
        host="0.0.0.0",
        allow=["10.1.0.0/16"],
        max_connections=9,
        max_connections_per_peer=3,
        idle_seconds=60,
        tls_certificate=str(files.certificate),
        tls_key=str(files.key),
    )
    with home.settings.open("a", encoding="utf-8") as file:
        file.write('\n[[channel]]\nname = "lab"\nport = 4712\nprofile = "generic"\n')
    with home.clinic() as clinic:
        parts = bridge_parts(clinic, 0, None, "")
    assert parts.house == House((ip_network("10.1.0.0/16"),), 9, 3)
    assert parts.terms.idle_seconds == 60
    assert [(one.port, one.terms.channel) for one in parts.channels] == [(4712, "mllp:lab")]
    assert parts.tls is not None


def test_a_profile_that_changed_is_told_to_the_listeners(home: MadeHome) -> None:
    ticks = iter(range(0, 100, 10))
    with home.clinic() as clinic:
        parts = bridge_parts(clinic, 0, None, "", now=lambda: float(next(ticks)))
        assert parts.renewed() == {}
        file = home.root / "profiles" / "site.toml"
        file.write_text(file.read_text("utf-8") + '\n[accept]\nprocessing_ids = ["P", "T"]\n', "utf-8")
        renewed = parts.renewed()
        assert renewed["mllp"].processing == {"P", "T"}
        assert parts.renewed() == {}


def test_the_drop_folder_starts_at_the_home(home: MadeHome) -> None:
    with home.clinic() as clinic:
        assert bridge_parts(clinic, None, None, "").drop is None
    home.set("bridge", drop="inbox-files")
    told: list[Mapping[str, object]] = []
    with home.clinic() as clinic:
        drop = bridge_parts(clinic, None, None, "").drop
        assert drop is not None
        stop = asyncio.Event()

        def report(news: Mapping[str, object]) -> None:
            told.append(news)
            stop.set()

        asyncio.run(drop(Intake(), report, stop))
    assert told == [{"code": "DROP-MISSING", "taken": 0, "failed": 0}]
