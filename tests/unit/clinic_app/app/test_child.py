"""A kept process: keys through its pipe, reports back, started again, ended with its pipe."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_app.app.child import Child, ChildSpec

READY = 'print(\'{"state": "ready"}\', flush=True)\n'
PROGRAM = f"import sys, json\nkeys = json.loads(sys.stdin.readline())['keys']\n{READY}"


class Watcher:
    """What was reported, and a way to wait for it."""

    def __init__(self) -> None:
        self.seen: list[dict[str, object]] = []
        self._news = asyncio.Condition()

    def report(self, news: dict[str, object]) -> None:
        self.seen.append(news)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0.01)

    def states(self) -> list[object]:
        return [news.get("state") for news in self.seen]


def spec(program: str, keys: bool = True) -> ChildSpec:
    return ChildSpec("worker", (sys.executable, "-c", program), None, {"main": b"\x00\x01"} if keys else {})


def keep(
    program: str, until: Callable[[Watcher, Child], bool], keys: bool = True, nudge: bool = False
) -> tuple[Watcher, Child]:
    """Keep the program until something holds, then let go of it."""

    async def main() -> tuple[Watcher, Child]:
        watcher = Watcher()
        child = Child(spec(program, keys), watcher.report)
        child.nudge()  # nobody there yet: nothing happens
        task = asyncio.ensure_future(child.run())
        if nudge:
            await watcher.until(lambda: "ready" in watcher.states())
            child.nudge()
        await watcher.until(lambda: until(watcher, child))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return watcher, child

    return asyncio.run(main())


def test_it_gets_its_keys_and_ends_with_its_pipe(tmp_path: Path) -> None:
    done = tmp_path / "done"
    checked = f"{PROGRAM}assert keys == {{'main': 'AAE='}}\n"
    program = f"{checked}sys.stdin.read()\nopen({str(done)!r}, 'w').write('end')\n"
    watcher, child = keep(program, lambda watcher, child: "ready" in watcher.states())
    assert watcher.states()[:2] == ["started", "ready"]
    assert watcher.seen[0]["pid"]
    assert child.pid == 0
    assert done.read_text() == "end"


def test_a_nudge_is_a_byte() -> None:
    program = PROGRAM + 'sys.stdin.readline()\nprint(\'{"state": "nudged"}\', flush=True)\nsys.stdin.read()\n'
    watcher, _ = keep(program, lambda watcher, child: "nudged" in watcher.states(), nudge=True)
    assert "restarting" not in watcher.states()


def test_it_is_started_again_whenever_it_ends() -> None:
    watcher, _ = keep(PROGRAM, lambda watcher, child: watcher.states().count("ready") == 3)
    assert watcher.states().count("restarting") >= 2


def test_lines_that_are_no_reports_are_passed_over() -> None:
    program = f"print('what')\nprint('[1]')\n{READY}"
    watcher, _ = keep(program, lambda watcher, child: "restarting" in watcher.states(), keys=False)
    assert watcher.states()[:3] == ["started", "ready", "restarting"]


def test_only_our_own_messages_of_standard_error_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    said = "STORE-KEY: wrong key. Nothing was lost. Do it.\nValueError: Jane\n"
    program = f"import sys\nsys.stderr.write({said!r})\n"
    keep(program, lambda watcher, child: "restarting" in watcher.states(), keys=False)
    assert "worker: STORE-KEY: wrong key." in caplog.text
    assert "Jane" not in caplog.text
    assert "1 lines on standard error" in caplog.text


def test_one_that_does_not_end_is_ended() -> None:
    program = "import signal\n" + PROGRAM + "import time\ntime.sleep(600)\n"

    async def main() -> int:
        watcher = Watcher()
        child = Child(spec(program), watcher.report, stop_seconds=0.1)
        task = asyncio.ensure_future(child.run())
        await watcher.until(lambda: "ready" in watcher.states())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return child.pid

    assert asyncio.run(main()) == 0


def test_keys_are_not_in_the_representation() -> None:
    assert "x00" not in repr(spec(PROGRAM))
