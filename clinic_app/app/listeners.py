"""The bridge's listeners, which run on the receiver's loop, as the bridge's own loop sees them."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bridges.hl7.acknowledge import Accepts
from bridges.mllp.admission import House
from bridges.mllp.server import Listening, Server, serve
from bridges.mllp.session import Terms
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import Landing
from clinic_app.system.loop_thread import LoopThread


@dataclass(frozen=True, slots=True)
class Place:
    """Where one listens, and what its connections may do."""

    host: str
    port: int
    terms: Terms


class Listeners:
    """One for each channel."""

    def __init__(self, receiver: LoopThread) -> None:
        self._receiver = receiver
        self._running: dict[str, tuple[Server, Terms]] = {}

    async def open(
        self,
        places: Sequence[Place],
        intake: Landing,
        clock: Clock,
        house: House,
        tls: ssl.SSLContext | None,
    ) -> None:
        """Listen everywhere, or nowhere. Raises EnvironmentFault as `serve` does."""
        whole = False
        try:
            for place in places:
                listening = Listening(intake, clock, place.terms, house, tls)
                opening = self._receiver.run(serve(place.host, place.port, listening))
                self._running[place.terms.channel] = await asyncio.wrap_future(opening), place.terms
            whole = True
        finally:
            if not whole:
                await self.stop()

    def addresses(self) -> Mapping[str, str]:
        """``host:port`` by channel."""
        return {name: "{}:{}".format(*server.address) for name, (server, _) in self._running.items()}

    async def renew(self, accepts: Mapping[str, Accepts]) -> None:
        """What the site takes from now on, by channel."""
        for name, (server, terms) in tuple(self._running.items()):
            if name in accepts:
                renewed = replace(terms, accepts=accepts[name])
                self._running[name] = server, renewed
                self._receiver.loop.call_soon_threadsafe(server.renew, renewed)

    async def stop(self) -> None:
        """Stop all; see `Server.stop`."""
        ends = [
            asyncio.wrap_future(self._receiver.run(server.stop())) for server, _ in self._running.values()
        ]
        await asyncio.gather(*ends)
