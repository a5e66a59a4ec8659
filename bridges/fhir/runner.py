"""The portal sync of the bridge process: asks every type in turn, lands what is new, waits, starts again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from bridges.fhir.bundle import Record
from bridges.fhir.sync import OVERLAP, Answer, Page, Round, Seen, Wait
from bridges.fhir.tokens import Registration, Tokens, checked_url
from bridges.fhir.translate import TYPES
from bridges.fhir.transport import Credentials, Fetch, FixedToken, HttpTransport, authorised
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault, UseFault
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import IntakeWriter

CHANNEL = "fhir"
_PASSING = frozenset({"PORTAL-UNREACHABLE", "PORTAL-ANSWER"})
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """Where to read and how often. Raises UseFault SETTINGS-INVALID for a base that would show the token
    to others.

    Attributes:
        base: FHIR base address, ``https://…/fhir`` (plain http on this machine only).
        token: bearer token; never shown. registration: where tokens are asked for instead (SMART Backend
        Services).
        types: resource types to read.
        every: seconds between rounds. most_wait: longest wait after failures, in seconds.
        again: seconds after which one request that failed is made again, before the round counts as failed.
        whole_every: seconds after which everything is read from the beginning, beside what is new.
        name: under which position and entries are kept, where the address may change; empty means the
        address.
    """

    base: str
    token: str = field(repr=False)
    types: Sequence[str] = TYPES
    every: float = 2.0
    most_wait: float = 300.0
    again: Sequence[float] = (0.2, 1.0)
    whole_every: float = 6 * 3600.0
    name: str = ""
    registration: Registration | None = None

    @property
    def sender(self) -> str:
        """The entries' sender, and the beginning of the position's name."""
        return self.name or self.base.rstrip("/")

    def __post_init__(self) -> None:
        """Refuse what is no address, or plain http to another machine."""
        parts = urlsplit(self.base)
        plain_local = parts.scheme == "http" and parts.hostname in _LOCAL
        if not parts.hostname or not (parts.scheme == "https" or plain_local):
            raise UseFault(
                "SETTINGS-INVALID",
                "the portal's address must begin with https:// (http:// only on this machine)",
                "Correct portal.url in commonground.toml.",
            )
        if self.registration is not None and self.registration.token_url:
            checked_url(self.registration.token_url)


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How the last round went: ``code`` and ``message`` are empty when all is well; ``failures`` in a row."""

    at: datetime
    code: str = ""
    message: str = ""
    failures: int = 0
    landed: int = 0


async def run_sync(
    settings: SyncSettings,
    intake: IntakeWriter,
    clock: Clock,
    on_status: Callable[[SyncStatus], None],
    stop: asyncio.Event,
    fetch: Fetch | None = None,
) -> None:
    """Sync until ``stop`` is set. Faults of network, portal and intake are told to ``on_status`` and tried
    again."""
    if fetch is not None:
        await _Sync(settings, intake, clock, fetch).run(on_status, stop)
        return
    async with HttpTransport() as transport:
        credentials = credentials_of(settings, intake, clock, transport)
        await _Sync(settings, intake, clock, authorised(transport, credentials)).run(on_status, stop)


def credentials_of(
    settings: SyncSettings, intake: IntakeWriter, clock: Clock, transport: HttpTransport
) -> Credentials:
    """The fixed token, or what asks for tokens; those are kept in the intake, which is encrypted."""
    if settings.registration is None:
        return FixedToken(settings.token)
    name = f"fhir {settings.sender} token"

    async def keep(text: str) -> None:
        await asyncio.wrap_future(intake.submit((), (name, text)))

    return Tokens(
        settings.base,
        settings.registration,
        transport.look,
        transport.post,
        clock,
        lambda: intake.cursor(name),
        keep,
    )


async def sync_once(settings: SyncSettings, intake: IntakeWriter, clock: Clock, fetch: Fetch) -> int:
    """One round over all types; how many records landed. Raises the fault that ended it."""
    return await _Sync(settings, intake, clock, fetch).once()


def backoff(failures: int, every: float, most: float) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, up to the most."""
    return min(every * 2.0 ** min(failures, 16), most) if failures else every


class _Sync:
    def __init__(self, settings: SyncSettings, intake: IntakeWriter, clock: Clock, fetch: Fetch) -> None:
        self._settings = settings
        self._intake = intake
        self._clock = clock
        self._fetch = fetch
        self._seen = {kind: Seen() for kind in settings.types}
        self._first = 0
        self._progress = False

    async def run(self, on_status: Callable[[SyncStatus], None], stop: asyncio.Event) -> None:
        """Rounds until ``stop`` is set, each followed by its pause."""
        failures = 0
        while not stop.is_set():
            asked_wait = 0.0
            try:
                landed = await self.once()
            except CommonGroundError as error:
                # A server that fails now and then, but moves on, is not asked ever more rarely.
                failures = 1 if self._progress else failures + 1
                asked_wait = error.seconds if isinstance(error, Wait) else 0.0
                on_status(SyncStatus(self._clock.now(), error.code, str(error), failures))
            else:
                failures = 0
                on_status(SyncStatus(self._clock.now(), landed=landed))
            wait = max(asked_wait, backoff(failures, self._settings.every, self._settings.most_wait))
            await _pause(stop, wait)

    async def once(self) -> int:
        """One round over all types; how many records landed. A round that is cut off is followed by one that
        begins with the type it was cut off at, so that none waits for ever behind another.
        """
        types, landed = self._settings.types, 0
        self._progress = False
        for number in range(self._first, self._first + len(types)):
            self._first = number % len(types)
            landed += await self._one_type(types[self._first])
            self._progress = True
        self._first = 0
        return landed

    async def _one_type(self, kind: str) -> int:
        """What is new; then, now and then, everything from the beginning: a page that slipped while rows
        changed, or a commit that became visible very late, is found so.
        """
        name = f"fhir {self._settings.sender} {kind}"
        position = await asyncio.to_thread(self._intake.cursor, name)
        landed = await self._read(kind, name, whole=not position)
        if position and not self._due(f"{name} whole"):
            return landed
        if position:
            landed += await self._read(kind, name, whole=True)
        await self._land((), (f"{name} whole", self._clock.now().isoformat()))
        return landed

    def _due(self, name: str) -> bool:
        """Whether everything was last read too long ago, or at a time that is yet to come."""
        try:
            passed = (self._clock.now() - datetime.fromisoformat(self._intake.cursor(name))).total_seconds()
        except (ValueError, TypeError):
            return True
        return not 0 <= passed < self._settings.whole_every

    async def _read(self, kind: str, name: str, *, whole: bool) -> int:
        position = await asyncio.to_thread(self._intake.cursor, name)
        reading = Round(self._settings.base, kind, position, self._seen[kind], OVERLAP, whole=whole)
        landed = 0
        page = await self._page(reading, reading.start())
        while True:
            # While one page lands, the server makes the next one.
            following = self._begun(page.next) if page.next else None
            try:
                if page.fresh or page.position is not None:
                    cursor = None if page.position is None else (name, page.position)
                    receipts = await self._land(page.fresh, cursor)
                    landed += sum(not receipt.repeated for receipt in receipts)
                    self._progress = True
            except BaseException:
                if following is not None:
                    following.cancel()
                raise
            reading.landed()
            if following is None:
                return landed
            page = await self._page(reading, page.next, following)

    def _begun(self, address: str) -> "asyncio.Future[Answer]":
        """A request on its way; a fault of one that nobody waits for any more is nobody's."""
        begun = asyncio.ensure_future(self._fetch(address))
        begun.add_done_callback(lambda done: done.cancelled() or done.exception())
        return begun

    async def _page(
        self, reading: Round, address: str, begun: "asyncio.Future[Answer] | None" = None
    ) -> Page:
        """One answer, which may be on its way already; a server or line that stumbles is asked the same
        again, a few times.
        """
        asked: Awaitable[Answer] = begun or self._fetch(address)
        for pause in self._settings.again:
            try:
                return reading.receive(await asked)
            except EnvironmentFault as fault:
                if fault.code not in _PASSING or reading.spoilt:
                    raise
            await asyncio.sleep(pause)
            asked = self._fetch(address)
        return reading.receive(await asked)

    async def _land(self, records: Sequence[Record], cursor: tuple[str, str] | None) -> Sequence[Landed]:
        now, sender = self._clock.now(), self._settings.sender
        received = [
            Received(CHANNEL, sender, record.control_id, record.type, now, record.raw) for record in records
        ]
        future: Future[Sequence[Landed]] = self._intake.submit(received, cursor)
        return await asyncio.wrap_future(future)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
