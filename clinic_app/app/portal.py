"""Runs the embedded portal as a process of its own."""

from contextlib import suppress
from pathlib import Path

from bridges.portal.run import run_portal
from clinic_app.app.compose import Clinic
from clinic_app.app.process_log import process_log
from clinic_app.system.atomic import write_json_atomically
from clinic_app.system.locks import RoleLock
from clinic_app.system.words import words_for

ROLE = "portal"


def serve_portal(clinic: Clinic, port: int | None, ready: Path | None) -> int:
    """Serve until SIGTERM; the status file tells bridge and commands where, the ready file whoever asked.

    Raises EnvironmentFault ALREADY-RUNNING, PORT-IN-USE, and those of key and store.
    """
    settings, status = clinic.settings.portal, clinic.home.status(ROLE)

    def on_ready(address: str) -> None:
        known = {"portal": address, "fhir": f"{address}/fhir"}
        write_json_atomically(status, known)
        if ready is not None:
            write_json_atomically(ready, known)

    with RoleLock(clinic.home, ROLE):
        try:
            with process_log(clinic.home.log(ROLE)), clinic.portal_store() as store:
                run_portal(
                    store,
                    settings.host,
                    settings.port if port is None else port,
                    on_ready,
                    words_for,
                    clinic.context.clock,
                    clinic.resources.data,
                    secure=settings.behind_proxy,
                    behind_proxy=settings.behind_proxy,
                )
        finally:
            with suppress(OSError):
                status.unlink()
    return 0
