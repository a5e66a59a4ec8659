"""Works off the outbox: the next message, its attempt noted, its bytes sent, the outcome noted; and again.

A message without its acknowledgement is sent again, the same bytes under the same control id, after a pause
that doubles each time and varies by chance, so that a receiver that comes back is not met by everybody at
once. Whether a process dies before or after any step, the message is still there and goes out again: a
receiver that knows duplicates by MSH-10 sees each once.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from bridges.mllp.courier import Courier
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.outbox import Outcome, Verdict
from clinic_app.ports.clock import Clock
from clinic_app.ports.outbox import Deliveries

Report = Callable[[Mapping[str, object]], None]
"""Gets what the status file is to say: code and failures in a row."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds: the first pause after a failure, the longest, and how often the outbox is looked at."""

    first: float = 2.0
    longest: float = 300.0
    look: float = 1.0

    def after(self, failures: int, chance: float) -> float:
        """The pause after so many failures: half to all of the doubled one, by ``chance`` (0 to 1)."""
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 30)) * (0.5 + 0.5 * chance)


USUAL_PAUSES = Pauses()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What sending needs; ``chance`` gives numbers from 0 to 1."""

    deliveries: Deliveries
    courier: Courier
    clock: Clock
    chance: Callable[[], float]
    pauses: Pauses = USUAL_PAUSES

    async def run(self, report: Report, stop: asyncio.Event) -> None:
        """Until ``stop``; cancelling it at any moment loses nothing."""
        failures = 0
        try:
            while not stop.is_set():
                done = await self._tried(failures)
                if done is None:
                    await _rest(stop, self.pauses.look)
                    continue
                failures = failures + 1 if done.failed else 0
                report({"code": done.outcome.code if done.failed else "", "failures": failures})
                if done.failed:
                    await self._wait_out(stop, done)
        finally:
            await self.courier.close()

    async def _tried(self, failures: int) -> "_Done | None":
        """One attempt; None where nothing is due, or the message may not leave any more."""
        chance = self.chance()
        pause = self.pauses.after(failures + 1, chance)
        try:
            due = await asyncio.to_thread(self.deliveries.next)
            if due is None:
                return None
            outcome = await self.courier.ready()
            attempts = 0
            if outcome is None:
                message = await asyncio.to_thread(self.deliveries.begin, due.id)
                if message is None:
                    return None
                attempts = message.attempts
                outcome = await self.courier.deliver(message.payload, message.control_id)
            # The same chance: a message that failed alone waits as long as all do, and stays first.
            own = self.pauses.after(max(failures + 1, attempts), chance)
            retry_at = self.clock.now() + timedelta(seconds=own)
            await asyncio.to_thread(self.deliveries.settle, due.id, outcome, retry_at)
        except EnvironmentFault as fault:
            return _Done(0, Outcome(Verdict.FAILED, fault.code), pause)
        return _Done(due.id, outcome, pause)

    async def _wait_out(self, stop: asyncio.Event, done: "_Done") -> None:
        """The pause after a failure; it ends early where a person asked for the same message now."""
        left = done.pause
        while left > 0 and not stop.is_set():
            await _rest(stop, min(left, self.pauses.look))
            left -= self.pauses.look
            if done.message_id and left > 0:
                with suppress(EnvironmentFault):
                    due = await asyncio.to_thread(self.deliveries.next)
                    if due is not None and due.id == done.message_id:
                        return


@dataclass(frozen=True, slots=True)
class _Done:
    """One attempt: which message (0: none was reached), its outcome, and the pause if it failed."""

    message_id: int
    outcome: Outcome
    pause: float

    @property
    def failed(self) -> bool:
        return self.outcome.verdict is Verdict.FAILED


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
