"""``commonground demo``: a synthetic clinic, really sent, on screen."""

import argparse
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.demo.conversation import ask_for_test
from clinic_app.app.demo.people import ALL, LEAST, read_clinic, smaller, those_of_today
from clinic_app.app.demo.plan import Counts, Running, draw, start_demo
from clinic_app.app.demo.processes import Processes
from clinic_app.app.demo.scenario import SEED, make_clinic
from clinic_app.app.inbox_view import entries_of
from clinic_app.app.spawn import command_line, environment
from clinic_app.model.entries import EntryState, InboxEntry
from clinic_app.model.errors import CommonGroundError
from clinic_app.services import invite, patients
from clinic_app.system.paths import Home

DESCRIPTION = "Make a synthetic clinic in ./demo-home, really send its five years, and show today's patients."
EXAMPLE = "commonground demo"
HOME, PICTURES = Path("demo-home"), Path("demo-pictures")
KNOWN_SECONDS = 60.0
_LOOK_SECONDS = 0.2
_ALL = 1_000_000
_PASSING = frozenset({"MRN-UNKNOWN", "STORE-LOCKED", "ACCESS-LOG-UNWRITABLE"})
T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which clinic, and whether to draw pictures instead of opening windows."""
    parser.add_argument(
        "--people", type=int, default=ALL, help="only so many people (at least 8; all are 40)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="draws another clinic")
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR", help="draw the screens into this folder, open no window"
    )
    parser.add_argument("--language", choices=("en", "es"), help="language of the screens")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Start everything, show it, and end everything whatever happens."""
    home = context.home.root if context.home != Home.at(None) else HOME.absolute()
    now_words = tuple(context.now_words())
    data = smaller(read_clinic(), max(LEAST, arguments.people))
    clinic = make_clinic(context.clock.now().astimezone(), arguments.seed, data)
    with _ended_by_signal(), Processes(command_line, environment()) as commands, ExitStack() as opened:

        def clerk_of(root: Path) -> _Clerk:
            own = Context(Home.at(root), context.clock, context.asked_now)
            return _Clerk(opened.enter_context(Clinic(own, writer="demo")))

        running = start_demo(home, clinic, commands, clerk_of, _tell, now_words)
        if arguments.pictures or not _has_display():
            draw(running, (arguments.pictures or PICTURES).absolute(), commands, _tell, now_words)
        else:
            _show(running, commands, arguments.language, now_words)
    _tell(f"Everything has ended. The home stays in {home}; `commonground --home {home}` opens it again.")
    return 0


class _Clerk:
    """The desk of the demonstration's clinic: invites people, and counts the inbox."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    def portal_id_for(self, number: str) -> str:
        return self._when_possible(partial(self._invite, number))

    def counts(self) -> Counts:
        entries = self._when_possible(self._entries)
        channels = Counter(entry.channel for entry in entries)
        held = Counter(entry.code for entry in entries if entry.state is EntryState.HELD)
        waiting = sum(entry.state is EntryState.RECEIVED for entry in entries)
        return Counts(waiting, channels["mllp"], channels["fhir"], held)

    def _entries(self) -> Sequence[InboxEntry]:
        return entries_of(self._clinic, limit=_ALL)

    def _invite(self, number: str) -> str:
        with self._clinic.portal_store() as portal:
            identifier = patients.find(self._clinic.gate, number)
            language = self._clinic.words.language
            made = invite.invite(self._clinic.gate, portal, identifier, language, self._clinic.now())
        return made.portal_patient_id

    def _when_possible(self, ask: Callable[[], T]) -> T:
        """Ask again while the person is not known yet, or the store is busy with the feed."""
        deadline = time.monotonic() + KNOWN_SECONDS
        while True:
            try:
                return ask()
            except CommonGroundError as error:
                if error.code not in _PASSING or time.monotonic() > deadline:
                    raise
                time.sleep(_LOOK_SECONDS)


def _show(running: Running, commands: Processes, language: str | None, now_words: tuple[str, ...]) -> None:
    """Open the workstation; each line typed meanwhile sends a new breathing test of one person of today."""
    words = ["--language", language] if language else []
    workstation = commands.start(
        "workstation", "--home", str(running.home), "--no-bridge", *words, *now_words
    )
    first = next(person for person in those_of_today(running.clinic.people) if person.slot.story == "falling")
    number = f"{running.clinic.authority}|{first.mrn}"
    _tell(
        f"Press Enter to send a new breathing test of {first.given} {first.family} ({number}). Ctrl-C ends."
    )
    threading.Thread(target=_send_on_enter, args=(running, number), daemon=True).start()
    workstation.wait()


def _send_on_enter(running: Running, number: str) -> None:
    for _ in sys.stdin:
        _tell(f"Sent: {ask_for_test(running.line, number)}")


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt")


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends the demonstration as Ctrl-C does: with everything that it started."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
