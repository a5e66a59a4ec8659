"""History gets into the intake through the bridge where one runs, and by itself where none does."""

import asyncio
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from clinic_app.app.handing_over import hand_on, handover_of, land_all, take_over, wait_recorded
from clinic_app.model.entries import Received
from clinic_app.model.errors import EnvironmentFault
from clinic_app.services.inbox import last_entry_id
from clinic_app.store.handover import HandOver
from clinic_app.store.intake import IntakeFile
from clinic_app.store.intake_committer import IntakeCommitter
from clinic_app.system.locks import RoleLock
from clinic_app.system.loop_thread import LoopThread
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, adt, message_received


def loaded(control: str) -> Received:
    return Received("load", "LAB|DEMO", control, "ADT^A28", NOW, adt(control))


def test_without_a_bridge_it_is_landed_and_recorded_here(home: MadeHome) -> None:
    with home.clinic() as clinic:
        assert hand_on(clinic, []) == []
        assert hand_on(clinic, [loaded("A1"), loaded("A2")]) == [(1, False), (2, False)]
        assert hand_on(clinic, [loaded("A2"), loaded("A3")]) == [(2, True), (3, False)]
        wait_recorded(clinic, 3)
        assert last_entry_id(clinic.gate) == 3
        with closing(HandOver(handover_of(clinic.home), clinic.secrets.get("intake"))) as file:
            assert file.waiting(9) == []


def test_a_bridge_takes_over_what_is_handed_on(home: MadeHome) -> None:
    told: list[Mapping[str, object]] = []
    with home.clinic() as clinic, RoleLock(clinic.home, "bridge"), LoopThread("intake", 0.0) as thread:
        key = clinic.secrets.get("intake")
        committer = IntakeCommitter(IntakeFile(clinic.home.intake_db, key), thread.loop)

        async def both() -> object:
            stop = asyncio.Event()
            path = handover_of(clinic.home)
            bridge = asyncio.ensure_future(take_over(path, key, committer, told.append, stop, 0.01))
            receipts = await asyncio.to_thread(hand_on, clinic, [loaded("A1")])
            stop.set()
            await bridge
            return receipts

        assert asyncio.run(both()) == [(1, False)]
        committer.close()
    assert told == []


def test_what_goes_wrong_in_the_bridge_is_told_and_tried_again(home: MadeHome, tmp_path: Path) -> None:
    told: list[Mapping[str, object]] = []
    stop = asyncio.Event()

    def report(news: Mapping[str, object]) -> None:
        told.append(news)
        stop.set()

    broken = tmp_path / "load.db"
    broken.write_bytes(b"no database")
    with LoopThread("intake", 0.0) as thread, home.clinic() as clinic:
        committer = IntakeCommitter(
            IntakeFile(clinic.home.intake_db, clinic.secrets.get("intake")), thread.loop
        )
        asyncio.run(take_over(broken, bytes(32), committer, report, stop, 0.01))
        committer.close()
    assert [news["code"] for news in told] == ["STORE-KEY"]


def test_nobody_waits_for_ever(home: MadeHome) -> None:
    waiting = pytest.raises(EnvironmentFault, match="LOAD-WAITING")
    with home.clinic() as clinic, RoleLock(clinic.home, "bridge"), waiting:
        hand_on(clinic, [loaded("A1")], patience=0.0)
    home.land(message_received(adt("B1")))
    with home.clinic() as clinic, RoleLock(clinic.home, "worker"), waiting:
        wait_recorded(clinic, 1, patience=0.0)
    with home.clinic() as clinic:
        assert hand_on(clinic, [loaded("A2")]) == [(3, False)], "what waited has landed before it"


def test_a_bridge_killed_before_the_receipt_lands_nothing_twice(home: MadeHome) -> None:
    with home.clinic() as clinic, LoopThread("intake", 0.0) as thread:
        path, key = handover_of(clinic.home), clinic.secrets.get("intake")
        committer = IntakeCommitter(IntakeFile(clinic.home.intake_db, key), thread.loop)
        with closing(HandOver(path, key)) as file:
            (number,) = file.put([loaded("A1")])
        committer.submit([loaded("A1")]).result()
        land_all(path, key, committer)
        committer.close()
        with closing(HandOver(path, key)) as file:
            assert file.receipts(number) == {number: (1, True)}
