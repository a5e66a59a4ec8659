"""Examines a home for ``commonground doctor``; every part is tried, whatever the one before it said."""

import shutil
from collections.abc import Callable, Iterator

import httpx

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.doctor_checks import Check, feed_checks
from clinic_app.app.profiles import switched_off
from clinic_app.app.status import read_status
from clinic_app.model.errors import CommonGroundError
from clinic_app.services import health
from clinic_app.store.intake import IntakeView
from clinic_app.system.locks import RoleLock

LOW_DISK_BYTES = 500 * 1024 * 1024
"""Below this much free space messages may soon no longer be kept."""
KEYS = ("main", "intake", "portal", "portal-token")


def examine_home(context: Context) -> Iterator[Check]:
    """All checks of a home, in the order in which one would mend them."""
    try:
        clinic = Clinic(context)
    except CommonGroundError as error:
        yield Check.wrong("home", error)
        return
    yield Check("home", "ok", str(context.home.root))
    with clinic:
        for part in (_settings, _keys, _main_store, _intake, _portal_store, _profile, _account, _disk):
            yield from _tried(part.__name__.strip("_").replace("_", " "), part, clinic)
        for part in (_bridge, _portal, _feeds):
            yield from _tried(part.__name__.strip("_").replace("_", " "), part, clinic)


def _tried(name: str, part: Callable[[Clinic], Iterator[Check]], clinic: Clinic) -> Iterator[Check]:
    try:
        yield from part(clinic)
    except CommonGroundError as error:
        yield Check.wrong(name, error)


def _settings(clinic: Clinic) -> Iterator[Check]:
    settings = clinic.settings
    yield Check("settings", "ok", f"{settings.clinic.name}, language {settings.clinic.language}")


def _keys(clinic: Clinic) -> Iterator[Check]:
    for name in KEYS:
        clinic.secrets.get(name)
    where = clinic.settings.keys.key_file or "the operating system's key store"
    yield Check("keys", "ok", f"all {len(KEYS)} are in {where}")


def _main_store(clinic: Clinic) -> Iterator[Check]:
    with clinic.store.snapshot() as snapshot:
        last = snapshot.last_entry_id()
    yield Check("main store", "ok", f"opens; newest entry {last}")


def _intake(clinic: Clinic) -> Iterator[Check]:
    view: IntakeView = clinic.intake_reader()
    yield Check("intake", "ok", f"opens; newest entry {view.last_id()}")


def _portal_store(clinic: Clinic) -> Iterator[Check]:
    with clinic.portal_store():
        yield Check("portal store", "ok", "opens")


def _profile(clinic: Clinic) -> Iterator[Check]:
    off = switched_off(clinic.profile)
    yield Check("site profile", "ok", clinic.profile_version())
    if off:
        yield Check(
            "site profile",
            "note",
            f"codes not confirmed, so these cannot be known: {', '.join(sorted(off))}",
            "Compare the code with its official list, then enable the row in the profile with your name and the date.",
            "CODE-NOT-CONFIRMED",
        )


def _account(clinic: Clinic) -> Iterator[Check]:
    actor = clinic.actor
    if actor.roles:
        yield Check("account", "ok", f"{actor.account} is {', '.join(actor.roles)}")
    else:
        mend = "Ask an administrator of this clinic to give it a role."
        yield Check("account", "note", f"{actor.account} has no role here", mend, "ACCESS-DENIED")


def _disk(clinic: Clinic) -> Iterator[Check]:
    free = shutil.disk_usage(clinic.home.root).free
    text = f"{free // (1024 * 1024)} MiB free"
    if free < LOW_DISK_BYTES:
        yield Check("disk", "wrong", text, "Free space before new messages can no longer be kept.", "DISK-LOW")
    else:
        yield Check("disk", "ok", text)


def _bridge(clinic: Clinic) -> Iterator[Check]:
    lock = RoleLock(clinic.home, "bridge")
    if not lock.held():
        mend = "Start `commonground bridge`, or the workstation, which starts one."
        yield Check("bridge", "note", "does not run: nothing can be received now", mend, "BRIDGE-DOWN")
        return
    status = read_status(clinic.home.status("bridge"))
    yield Check("bridge", "ok", f"process {lock.holder()} accepts on {status.get('mllp', 'an unknown address')}")
    if not RoleLock(clinic.home, "worker").held():
        mend = "The bridge starts it again by itself; if this stays, read logs/bridge.log."
        yield Check("worker", "wrong", "does not run: what is received waits", mend, "WORKER-DOWN")


def _portal(clinic: Clinic) -> Iterator[Check]:
    address = clinic.portal_address()
    try:
        answer = httpx.get(f"{address}/fhir/metadata", timeout=3.0)
    except httpx.HTTPError:
        own = not clinic.settings.portal.url
        mend = "Start `commonground portal`." if own else "Ask whoever runs it; it is tried again by itself."
        yield Check("portal", "note", f"{address} does not answer", mend, "PORTAL-UNREACHABLE")
        return
    yield Check("portal", "ok", f"{address} answers ({answer.status_code})")


def _feeds(clinic: Clinic) -> Iterator[Check]:
    feeds = health.feeds(clinic.gate, clinic.intake_reader().last_id())
    yield from feed_checks(tuple(feeds), clinic.context.clock.now())
