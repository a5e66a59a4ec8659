"""A loop in a thread of its own, and the selector that looks again before it sleeps."""

import asyncio
import socket
import threading

import pytest

from clinic_app.system.loop_thread import EagerSelector, LoopThread


class Ticks:
    """A clock that moves on whenever it is read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self) -> float:
        self.read += 1
        return self.read / 1000


def test_work_is_done_there_and_its_result_comes_back() -> None:
    async def where() -> threading.Thread:
        return threading.current_thread()

    with LoopThread("receiver") as thread:
        found = thread.run(where()).result(10)
        assert found.name == "receiver"
        assert found is not threading.current_thread()
    thread.stop()
    assert not found.is_alive()


def test_what_still_runs_is_ended_with_it() -> None:
    ended = threading.Event()

    async def for_ever() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    async def start() -> asyncio.Task[None]:
        task = asyncio.ensure_future(for_ever())
        await asyncio.sleep(0)
        return task

    with LoopThread("receiver") as thread:
        thread.run(start()).result(10)
    assert ended.is_set()


def test_after_something_happened_it_looks_again_for_a_moment_and_then_sleeps() -> None:
    ticks = Ticks()
    one, other = socket.socketpair()
    with one, other, EagerSelector(0.005, ticks) as selector:
        selector.register(one, 1)
        assert selector.select(0.0) == []
        assert selector.select(0.001) == []
        assert ticks.read == 0  # nothing happened before: it sleeps at once
        other.send(b"x")
        assert len(selector.select(1.0)) == 1
        one.recv(1)
        assert selector.select(0.001) == []
        looked = ticks.read
        assert looked > 1
        assert selector.select(0.001) == []
        assert ticks.read == looked


@pytest.mark.parametrize("timeout", [0.0, 5.0, None])
def test_what_comes_while_it_looks_is_seen(timeout: float | None) -> None:
    one, other = socket.socketpair()
    with one, other, EagerSelector(5.0) as selector:
        selector.register(one, 1)
        other.send(b"x")
        assert len(selector.select(timeout)) == 1
        assert len(selector.select(timeout)) == 1


def test_closing_twice_and_an_eager_time_of_zero() -> None:
    one, other = socket.socketpair()
    with one, other, EagerSelector(0.0) as selector:
        selector.register(one, 1)
        other.send(b"x")
        assert len(selector.select(1.0)) == 1
        one.recv(1)
        assert selector.select(0.001) == []
