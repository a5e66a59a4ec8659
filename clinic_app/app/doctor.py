"""Examines a home for ``commonground doctor``; every part is tried, whatever the one before it said."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.doctor_checks import (
    Check,
    certificate_check,
    child_checks,
    disk_check,
    drop_checks,
    feed_checks,
    outbox_checks,
    roster_check,
    sync_checks,
)
from clinic_app.app.outbound import reach, tls_of
from clinic_app.app.portal_place import fhir_base
from clinic_app.app.profiles import switched_off
from clinic_app.app.status import read_status
from clinic_app.model.errors import CommonGroundError
from clinic_app.services import health
from clinic_app.store.intake import IntakeView
from clinic_app.system.locks import RoleLock
from clinic_app.system.settings import OutboxSettings, is_loopback
from clinic_app.system.tls import expires

KEYS = ("main", "intake", "portal", "portal-token")
_PORTAL_SECONDS = 3.0

FreeBytes = Callable[[Path], int]
"""How much space is free where a folder lies."""


def free_bytes(folder: Path) -> int:
    """What the file system says."""
    return shutil.disk_usage(folder).free


def examine_home(context: Context, free: FreeBytes = free_bytes) -> Iterator[Check]:
    """All checks of a home, in the order in which one would mend them; what is wrong is said once."""
    try:
        clinic = Clinic(context)
    except CommonGroundError as error:
        yield Check.wrong("home", error)
        return
    yield Check("home", "ok", str(context.home.root))
    yield disk_check(free(context.home.root))
    said: set[str] = set()
    with clinic:
        for name, part in _PARTS.items():
            try:
                yield from part(clinic)
            except CommonGroundError as error:
                if str(error) not in said:
                    yield Check.wrong(name, error)
                said.add(str(error))


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
            "Compare the code with its official list, then enable the row in the profile with your name and "
            "the date.",
            "CODE-NOT-CONFIRMED",
        )


def _certificate(clinic: Clinic) -> Iterator[Check]:
    named = clinic.settings.bridge.tls_certificate
    if named:
        yield certificate_check(expires(clinic.home.root / named), clinic.context.clock.now())
    elif not is_loopback(clinic.settings.bridge.host):
        mend = "Name a certificate under [bridge] tls_certificate, or let a tunnel protect the line."
        yield Check("certificate", "note", "messages cross the network unencrypted", mend, "TLS-OFF")


def _roster(clinic: Clinic) -> Iterator[Check]:
    rules, roster = clinic.profile.roster, clinic.rostering.current()
    if rules is None or roster is None:
        return
    now = clinic.context.clock.now()
    with clinic.store.snapshot() as snapshot:
        outside = snapshot.outside(now - timedelta(days=6))
    yield roster_check(outside, len(roster.names), rules.any, now)


def _account(clinic: Clinic) -> Iterator[Check]:
    actor = clinic.actor
    if actor.roles:
        yield Check("account", "ok", f"{actor.account} is {', '.join(actor.roles)}")
    else:
        mend = "Ask an administrator of this clinic to give it a role."
        yield Check("account", "note", f"{actor.account} has no role here", mend, "ACCESS-DENIED")


def _bridge(clinic: Clinic) -> Iterator[Check]:
    lock = RoleLock(clinic.home, "bridge")
    if not lock.held():
        mend = "Start `commonground bridge` or the workstation. Why one ended is in logs/bridge.log."
        yield Check("bridge", "note", "does not run: nothing can be received now", mend, "BRIDGE-DOWN")
        return
    status = read_status(clinic.home.status("bridge"))
    by = " (a workstation started it)" if status.get("started_by") == "workstation" else ""
    places = [f"{status.get(name, 'an unknown address')}" for name in clinic.profile_names()]
    yield Check("bridge", "ok", f"process {lock.holder()}{by} accepts on {', '.join(places)}")
    held = {role: RoleLock(clinic.home, role).held() for role in ("worker", "checker")}
    yield from child_checks(status, held)
    yield from sync_checks(status)
    yield from drop_checks(status)


def _portal(clinic: Clinic) -> Iterator[Check]:
    base = fhir_base(clinic)
    own = not clinic.settings.portal.url
    mend = "Start `commonground portal`." if own else "Ask whoever runs it; it is tried again by itself."
    try:
        status = httpx.get(f"{base}/metadata", timeout=_PORTAL_SECONDS, trust_env=not own).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        yield Check("portal", "note", f"{base} does not answer", mend, "PORTAL-UNREACHABLE")
        return
    if status == httpx.codes.OK:
        yield Check("portal", "ok", f"{base} answers")
    else:
        yield Check("portal", "note", f"{base} answers {status}", mend, "PORTAL-UNREACHABLE")


def _outbox(clinic: Clinic) -> Iterator[Check]:
    settings = clinic.settings.outbox
    if not settings.host:
        return
    yield _receiver(clinic, settings)
    if not settings.tls and not is_loopback(settings.host):
        mend = "Set tls = true under [outbox], or let a tunnel protect the line."
        yield Check("EHR's receiver", "note", "results cross the network unencrypted", mend, "TLS-OFF")
    if clinic.actor.roles:
        yield from outbox_checks(health.of_outbox(clinic.gate), clinic.context.clock.now())


def _receiver(clinic: Clinic, settings: OutboxSettings) -> Check:
    place = f"{settings.host} port {settings.port}"
    try:
        reach(settings.host, settings.port, tls_of(clinic))
    except OSError as error:
        mend = "Look at [outbox] in commonground.toml, or ask the EHR's interface team; it is tried again."
        what = f"{place} cannot be reached ({type(error).__name__})"
        return Check("EHR's receiver", "note", what, mend, "PEER-UNREACHABLE")
    return Check("EHR's receiver", "ok", f"{place} answers")


def _feeds(clinic: Clinic) -> Iterator[Check]:
    if not clinic.actor.roles:
        return
    feeds = health.feeds(clinic.gate, clinic.intake_reader().last_id())
    yield from feed_checks(tuple(feeds), clinic.context.clock.now())


_PARTS: dict[str, Callable[[Clinic], Iterator[Check]]] = {
    "settings": _settings,
    "keys": _keys,
    "main store": _main_store,
    "intake": _intake,
    "portal store": _portal_store,
    "site profile": _profile,
    "certificate": _certificate,
    "roster": _roster,
    "account": _account,
    "bridge": _bridge,
    "portal": _portal,
    "outbox": _outbox,
    "feeds": _feeds,
}
