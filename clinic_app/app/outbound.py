"""What goes back to the EHR: builders and sender, from the home's settings and site profile."""

import asyncio
import random
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from bridges.hl7.outbound import Route, document_message, result_message
from bridges.mllp.courier import Courier, Patience, connection_to
from bridges.mllp.dispatch import Dispatch
from clinic_app.app.bridge import PortalSync, Report
from clinic_app.app.compose import Clinic
from clinic_app.model.access import SYSTEM, Actor
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.outbound import Outlet
from clinic_app.model.outbox import OutboxMessage, Outcome
from clinic_app.ports.intake import IntakeWriter
from clinic_app.services import outbox_sending as sending
from clinic_app.services.gate import Gate
from clinic_app.store.sql import SqlStore, open_store
from clinic_app.system.tls import client_context

WRITER = "outbox"
"""Process role under which the sender's access rows are numbered."""
_REACH_SECONDS = 3.0


def outlet_of(clinic: Clinic) -> Outlet | None:
    """How messages to the EHR are built here; None where the settings name no receiver.

    Raises EnvironmentFault PROFILE-INVALID, PROFILE-MISSING.
    """
    outbox = clinic.settings.outbox
    if not outbox.host:
        return None
    # hl7apy, which costs half a second, is loaded only where messages are built.
    from bridges.hl7.conformance import check_outbound  # noqa: PLC0415

    dialect, route = clinic.profile.outbound, _route(clinic)
    return Outlet(
        lambda report: result_message(report, dialect, route, check_outbound),
        lambda report: document_message(report, dialect, route, check_outbound),
        dialect.series,
    )


def _route(clinic: Clinic) -> Route:
    outbox = clinic.settings.outbox
    return Route(
        outbox.sending_application,
        outbox.sending_facility,
        outbox.receiving_application,
        outbox.receiving_facility,
        "T" if clinic.settings.clinic.demonstration else "P",
    )


class StoreDeliveries:
    """Implements `clinic_app.ports.outbox.Deliveries` on the main store, which is opened when it is first
    needed and anew after a fault: the bridge receives whether or not that store is there.
    """

    def __init__(
        self,
        store: Callable[[], SqlStore],
        gate: Callable[[SqlStore], Gate],
        series: Callable[[], frozenset[str]],
        now: Callable[[], datetime],
    ) -> None:
        """``series``: those that may leave, as the site profile has it now."""
        self._open, self._gate_of, self._series, self._now = store, gate, series, now
        self._store: SqlStore | None = None

    def next(self) -> OutboxMessage | None:
        """The message to send now."""
        with self._gate() as gate:
            return sending.next_message(gate, self._now())

    def begin(self, message_id: int) -> OutboxMessage | None:
        """Note the attempt; the message with its bytes."""
        series = self._series()
        with self._gate() as gate:
            return sending.begin(gate, message_id, series, self._now())

    def settle(self, message_id: int, outcome: Outcome, retry_at: datetime) -> None:
        """Record how it ended."""
        with self._gate() as gate:
            sending.settle(gate, message_id, outcome, retry_at, self._now())

    def close(self) -> None:
        """Release the store."""
        store, self._store = self._store, None
        if store is not None:
            store.close()

    @contextmanager
    def _gate(self) -> Iterator[Gate]:
        if self._store is None:
            self._store = self._open()
        try:
            yield self._gate_of(self._store)
        except EnvironmentFault:
            self.close()
            raise


def outbox_sending(clinic: Clinic) -> PortalSync | None:
    """Sends what the outbox holds until it is told to stop; None where the settings name no receiver."""
    outbox = clinic.settings.outbox
    if not outbox.host:
        return None
    path, key, clock = clinic.home.main_db, clinic.secrets.get("main"), clinic.context.clock
    actor = Actor(SYSTEM, (SYSTEM,), WRITER)
    courier = Courier(
        connection_to(outbox.host, outbox.port, lambda: tls_of(clinic)),
        Patience(answer=outbox.answer_seconds),
    )

    async def send(_: IntakeWriter, report: Report, stop: asyncio.Event) -> None:
        deliveries = StoreDeliveries(
            lambda: open_store(path, key, gives_way=True),
            lambda store: Gate(store, clock, clinic.policy, actor),
            lambda: clinic.profile.outbound.series,
            clinic.now,
        )
        try:
            await Dispatch(deliveries, courier, clock, random.random).run(report, stop)
        finally:
            deliveries.close()

    return send


def tls_of(clinic: Clinic) -> ssl.SSLContext | None:
    """What connections to the EHR are protected by; None where the settings want none.

    Raises EnvironmentFault TLS-UNUSABLE.
    """
    outbox, root = clinic.settings.outbox, clinic.home.root
    if not outbox.tls:
        return None
    files = (outbox.tls_authority, outbox.tls_certificate, outbox.tls_key)
    return client_context(*(root / name if name else None for name in files))


def reach(host: str, port: int, tls: ssl.SSLContext | None) -> None:
    """Connect and hang up again. Raises OSError (ssl.SSLError where the certificates do not fit)."""
    with ExitStack() as stack:
        line = stack.enter_context(socket.create_connection((host, port), timeout=_REACH_SECONDS))
        if tls is not None:
            stack.enter_context(tls.wrap_socket(line, server_hostname=host))
