"""What the bridge process is made of, from the home's settings."""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path

from bridges.fhir.runner import SyncSettings, SyncStatus, run_sync
from bridges.fhir.tokens import Registration
from bridges.hl7.acknowledge import ANY_SITE, Accepts
from bridges.mllp.admission import House
from bridges.mllp.framing import Limits
from bridges.mllp.session import Terms
from clinic_app.app.bridge import BridgeParts, Channel, PortalSync, Report
from clinic_app.app.child import ChildSpec
from clinic_app.app.compose import MLLP, Clinic
from clinic_app.app.drop import Drop, run_drop
from clinic_app.app.fresh_profiles import FreshProfiles
from clinic_app.app.handing_over import handover_of, take_over
from clinic_app.app.outbound import outbox_sending
from clinic_app.app.portal_keys import signing_keys
from clinic_app.app.portal_place import fhir_base
from clinic_app.app.spawn import command_line, environment
from clinic_app.app.status import read_status
from clinic_app.model.errors import EnvironmentFault
from clinic_app.ports.intake import IntakeWriter
from clinic_app.system.tls import server_context

PORTAL_TOKEN = "portal-token"
_log = logging.getLogger("commonground.bridge")
EMBEDDED = "embedded portal"
"""Sender of what the home's own portal holds: it stays the same portal on whatever port it listens."""
_LOOK_AGAIN_SECONDS = 1.0


def bridge_parts(
    clinic: Clinic,
    port: int | None,
    ready: Path | None,
    started_by: str,
    now: Callable[[], float] = time.monotonic,
) -> BridgeParts:
    """Settings and keys are checked before anything is opened; a wrong key is said at once."""
    bridge = clinic.settings.bridge
    fresh = FreshProfiles(clinic, now)
    return BridgeParts(
        home=clinic.home,
        key=clinic.secrets.get("intake"),
        clock=clinic.context.clock,
        host=bridge.host,
        port=bridge.port if port is None else port,
        terms=_terms(clinic, MLLP),
        channels=tuple(
            Channel(one.port, _terms(clinic, f"{MLLP}:{one.name}")) for one in clinic.settings.channel
        ),
        house=House(
            tuple(ip_network(one) for one in bridge.allow),
            bridge.max_connections,
            bridge.max_connections_per_peer,
        ),
        tls=_tls(clinic),
        renewed=lambda: (
            {name: _accepts(clinic, name) for name in clinic.profile_names()} if fresh.look() else {}
        ),
        children=(_child(clinic, "worker"), _child(clinic, "checker")),
        portal_sync=_portal_sync(clinic),
        drop=_drop(clinic),
        load=_load(clinic),
        outbox=outbox_sending(clinic),
        ready=ready,
        started_by=started_by,
    )


def _terms(clinic: Clinic, channel: str) -> Terms:
    bridge = clinic.settings.bridge
    return Terms(
        limits=Limits(frame=bridge.max_message_bytes),
        accepts=_accepts(clinic, channel),
        frame_seconds=bridge.frame_deadline_seconds,
        idle_seconds=bridge.idle_seconds,
        channel=channel,
    )


def _tls(clinic: Clinic) -> ssl.SSLContext | None:
    bridge, root = clinic.settings.bridge, clinic.home.root
    if not bridge.tls_certificate:
        return None
    clients = root / bridge.tls_clients if bridge.tls_clients else None
    return server_context(root / bridge.tls_certificate, root / bridge.tls_key, clients)


def _accepts(clinic: Clinic, channel: str) -> Accepts:
    """What the profile takes. A damaged profile stops no reception: what comes is kept until it is mended."""
    try:
        return clinic.profiles[channel].accepts
    except EnvironmentFault as fault:
        _log.error("%s", fault)
        return ANY_SITE


def _child(clinic: Clinic, role: str) -> ChildSpec:
    words = ("--home", str(clinic.home.root), *clinic.context.now_words())
    keys = {name: clinic.secrets.get(name) for name in ("main", "intake")}
    return ChildSpec(role, command_line(role, *words), environment(), keys)


def _drop(clinic: Clinic) -> PortalSync | None:
    """Watches the folder that the settings name, if any; a relative one starts at the home."""
    bridge = clinic.settings.bridge
    if not bridge.drop:
        return None
    folder = clinic.home.root / Path(bridge.drop).expanduser()

    async def watch(intake: IntakeWriter, report: Report, stop: asyncio.Event) -> None:
        drop = Drop(folder, intake, clinic.context.clock, bridge.max_message_bytes, time.monotonic)
        await run_drop(drop, report, stop)

    return watch


def _load(clinic: Clinic) -> PortalSync:
    path, key = handover_of(clinic.home), clinic.secrets.get("intake")

    async def watch(intake: IntakeWriter, report: Report, stop: asyncio.Event) -> None:
        await take_over(path, key, intake, report, stop)

    return watch


class _portal_sync:  # noqa: N801 - used as a function
    """Syncs with the portal that the settings name, or with the embedded one wherever it listens now."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self._token = clinic.secrets.get(PORTAL_TOKEN).decode("ascii")

    async def __call__(self, intake: IntakeWriter, report: Report, stop: asyncio.Event) -> None:
        """Until ``stop``; an embedded portal that comes back, on whatever port, is asked again at once."""
        while not stop.is_set():
            where = self._where()
            moved = asyncio.Event()
            watcher = asyncio.ensure_future(self._watch(where, stop, moved))
            try:
                settings = self._settings(where[0])
                await run_sync(settings, intake, self._clinic.context.clock, _told(report), moved)
            except EnvironmentFault as fault:  # no key to ask for tokens with: somebody will make one
                _told(report)(SyncStatus(self._clinic.context.clock.now(), fault.code, str(fault), 1))
                with suppress(TimeoutError):
                    await asyncio.wait_for(moved.wait(), _LOOK_AGAIN_SECONDS)
            finally:
                watcher.cancel()

    def _where(self) -> tuple[str, bool]:
        """The FHIR base, and whether an embedded portal says that it runs."""
        return fhir_base(self._clinic), bool(read_status(self._clinic.home.status("portal")))

    async def _watch(self, where: tuple[str, bool], stop: asyncio.Event, moved: asyncio.Event) -> None:
        while not stop.is_set() and self._where() == where:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_AGAIN_SECONDS)
        moved.set()

    def _settings(self, base: str) -> SyncSettings:
        portal = self._clinic.settings.portal
        name = "" if portal.url else EMBEDDED
        every = portal.poll_seconds
        return SyncSettings(base, self._token, every=every, name=name, registration=self._registration())

    def _registration(self) -> Registration | None:
        """How another portal's token server knows this clinic; None where the token is a fixed one."""
        portal = self._clinic.settings.portal
        if not portal.url or not portal.client_id:
            return None
        keys = signing_keys(self._clinic.home, self._clinic.secrets)
        return Registration(portal.client_id, keys, portal.scope, portal.token_url)


class _told:  # noqa: N801 - used as a function
    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, status: SyncStatus) -> None:
        self._report(
            {
                "at": status.at.isoformat(),
                "code": status.code,
                "message": status.message,
                "failures": status.failures,
            }
        )
