"""Runs the portal: binds, says when it accepts, ends cleanly on SIGTERM or SIGINT."""

import asyncio
import errno
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from bridges.portal.app import PortalApp
from bridges.portal.exchange import Clock
from bridges.portal.render import ReadResource, WordsFor
from bridges.portal.store.portal_store import PortalStore
from clinic_app.model.errors import EnvironmentFault

GRACE_SECONDS = 5


def run_portal(
    store: PortalStore,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    words_for: WordsFor,
    clock: Clock,
    read: ReadResource,
    secure: bool = False,
    stop: threading.Event | None = None,
    behind_proxy: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT (or ``stop``, for a thread of a test). Does not close the store.

    ``secure``: patients come by https. ``behind_proxy``: a proxy on this machine names them in
    X-Forwarded-For. ``on_ready`` gets ``http://host:port`` once connections are accepted; port 0 takes any
    free one. Raises EnvironmentFault PORT-IN-USE or PORT-REFUSED, and what the store raises at its first use.
    """
    application = PortalApp(store, clock, read, words_for, secure, behind_proxy)
    with bind(host, port) as listener:
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        server = _Server(application, lambda: on_ready(f"http://{shown}:{bound}"), stop)
        asyncio.run(server.serve(sockets=[listener]))


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises EnvironmentFault PORT-IN-USE or PORT-REFUSED."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise EnvironmentFault(
                "PORT-IN-USE",
                f"port {port} is taken by another program",
                "End that program, or choose another port with --port or in commonground.toml.",
            ) from error
        raise EnvironmentFault(
            "PORT-REFUSED",
            f"cannot listen on {host} port {port}",
            "Check host and port in commonground.toml.",
        ) from error
    return listener


class _Server(uvicorn.Server):
    """uvicorn, but it says when it accepts, and a signal ends it with status 0."""

    def __init__(
        self, application: PortalApp, on_ready: Callable[[], None], stop: threading.Event | None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
                h11_max_incomplete_event_size=32 * 1024,
            )
        )
        self._on_ready = on_ready
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept, then say so."""
        await super().startup(sockets)
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Whether to end, asked ten times a second."""
        if self._stop is not None and self._stop.is_set():
            return True
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """As uvicorn does, but without raising the signal again afterwards: a clean end is a success."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self._end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.should_exit = True
