"""``commonground worker`` (started by the bridge): translates what landed and records it."""

import argparse
import gc
import sys
import time

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.fresh_profiles import FreshMeaning, FreshProfiles
from clinic_app.app.outbound import outlet_of
from clinic_app.app.process_log import process_log
from clinic_app.app.recorder import StoreRecorder
from clinic_app.app.worker import WorkerParts, read_keys, run_worker, standard_pipe
from clinic_app.model.access import SYSTEM, Actor
from clinic_app.model.outbound import Outlet
from clinic_app.services.gate import Gate
from clinic_app.store.intake import IntakeView
from clinic_app.store.sql import open_store
from clinic_app.system.locks import RoleLock

DESCRIPTION = "The worker; the bridge starts it."
EXAMPLE = "commonground bridge"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing more."""


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Work until the bridge's pipe ends."""
    pipe = standard_pipe()
    keys = read_keys(pipe)
    with Clinic(context, writer="worker") as clinic, process_log(clinic.home.log("worker")):

        def outlet() -> Outlet | None:
            fresh.look()
            return outlet_of(clinic)

        def open_recorder() -> StoreRecorder:
            store = open_store(clinic.home.main_db, keys["main"], gives_way=True)
            gate = Gate(store, context.clock, clinic.policy, Actor(SYSTEM, (SYSTEM,), "worker"))
            return StoreRecorder(clinic, store, gate, translate, outlet=outlet)

        fresh = FreshProfiles(clinic, time.monotonic)
        translate = FreshMeaning(clinic, fresh)
        # What was made so far stays; looking through it again and again costs a twentieth of the time.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        # Nothing is opened yet: a profile that cannot be used is waited out by the worker.
        parts = WorkerParts(
            lambda: IntakeView(clinic.home.intake_db, keys["intake"]), open_recorder, translate
        )
        run_worker(parts, RoleLock(clinic.home, "worker"), pipe, sys.stdout)
    return 0
