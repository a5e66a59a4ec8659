"""History on its way into the intake: handed to the running bridge, or landed here where none runs.

The bridge alone writes the intake while it runs, so the loading command puts what it has into an encrypted
file beside it (`clinic_app.store.handover`) and waits for the receipts.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from clinic_app.app.compose import Clinic
from clinic_app.app.recorder import StoreRecorder
from clinic_app.model.entries import Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.ports.intake import IntakeWriter
from clinic_app.services.inbox import last_entry_id
from clinic_app.store.handover import HandOver
from clinic_app.store.intake import IntakeFile
from clinic_app.store.sql import open_store
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home

AT_ONCE: Final = 64
"""Entries in one transaction of the intake."""
_LOOK_SECONDS: Final = 1.0
_PATIENCE: Final = 60.0
_PAUSE: Final = 0.1
_BUSY: Final = "ALREADY-RUNNING"
_log = logging.getLogger("commonground.load")


def handover_of(home: Home) -> Path:
    """The file by which history is handed on."""
    return home.root / "load.db"


async def take_over(
    path: Path,
    key: bytes,
    intake: IntakeWriter,
    report: Callable[[Mapping[str, object]], None],
    stop: asyncio.Event,
    pause: float = _LOOK_SECONDS,
) -> None:
    """In the bridge: land whatever is handed on, until ``stop``; what goes wrong is told and tried again."""
    while not stop.is_set():
        if path.exists():
            try:
                await asyncio.to_thread(land_all, path, key, intake)
            except CommonGroundError as fault:
                _log.warning("%s", fault)
                report({"code": fault.code})
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


def land_all(path: Path, key: bytes, intake: IntakeWriter) -> None:
    """Land all that waits in the file, in small transactions."""
    with closing(HandOver(path, key)) as handover:
        while given := handover.waiting(AT_ONCE):
            landed = intake.submit([received for _, received in given]).result()
            handover.settle([number for number, _ in given], landed)


def hand_on(
    clinic: Clinic, received: Sequence[Received], patience: float = _PATIENCE
) -> Sequence[tuple[int, bool]]:
    """Have these landed; entry, and whether it had landed before, in their order.

    Raises EnvironmentFault LOAD-WAITING where nothing moves for ``patience`` seconds; they land all the same
    when the bridge comes to it.
    """
    if not received:
        return []
    path, key = handover_of(clinic.home), clinic.secrets.get("intake")
    found: dict[int, tuple[int, bool]] = {}
    with closing(HandOver(path, key)) as handover:
        numbers = handover.put(received)
        moved = time.monotonic()
        while len(found) < len(numbers):
            _land_here(clinic, handover)
            news = handover.receipts(numbers[-1])
            found.update(news)
            moved = _moved(moved, bool(news), patience)
    return [found[number] for number in numbers]


def wait_recorded(clinic: Clinic, upto: int, patience: float = _PATIENCE) -> None:
    """Until every entry up to this one is translated and recorded: by the bridge's worker, or here.

    Raises EnvironmentFault LOAD-WAITING where nothing moves for ``patience`` seconds.
    """
    moved, last = time.monotonic(), -1
    while (reached := last_entry_id(clinic.gate)) < upto:
        _record_here(clinic, upto)
        moved = _moved(moved, reached > last, patience)
        last = reached


def _moved(before: float, moves: bool, patience: float) -> float:
    """When something moved last."""
    if moves:
        return time.monotonic()
    if time.monotonic() - before > patience:
        raise EnvironmentFault(
            "LOAD-WAITING",
            "the bridge or its worker does not come to what was loaded",
            "See `commonground doctor`; then load again: what has landed is not loaded twice.",
        )
    time.sleep(_PAUSE)
    return before


def _land_here(clinic: Clinic, handover: HandOver) -> None:
    """Land it ourselves where no bridge runs."""
    lock = RoleLock(clinic.home, "bridge")
    if not _taken(lock):
        return
    try:
        with closing(IntakeFile(clinic.home.intake_db, clinic.secrets.get("intake"))) as file:
            while given := handover.waiting(AT_ONCE):
                with file.transaction():
                    landed = [file.land(received) for _, received in given]
                handover.settle([number for number, _ in given], landed)
                file.tidy()
    finally:
        lock.release()


def _record_here(clinic: Clinic, upto: int) -> None:
    """Do the worker's part where none runs."""
    lock = RoleLock(clinic.home, "worker")
    if not _taken(lock):
        return
    try:
        store = open_store(clinic.home.main_db, clinic.secrets.get("main"), gives_way=True)
        with closing(StoreRecorder(clinic, store, clinic.system_gate(), clinic.translator())) as recorder:
            translate, intake = clinic.translator(), clinic.intake_reader()
            last = recorder.last_id()
            while last < upto and (entries := intake.after(last, 4)):
                for known in recorder.record([(entry, translate(entry)) for entry in entries]):
                    recorder.reconsider(known)
                last = entries[-1].id
    finally:
        lock.release()


def _taken(lock: RoleLock) -> bool:
    try:
        lock.acquire()
    except EnvironmentFault as fault:
        if fault.code != _BUSY:
            raise
        return False
    return True
