"""What ``make demo`` does, step by step, with its commands and its view of the clinic passed in."""

import json
import shutil
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources as packaged
from pathlib import Path
from typing import Protocol

from clinic_app.app.demo.conversation import Line, lead
from clinic_app.app.demo.feed import Sent
from clinic_app.app.demo.people import Person, those_of_today
from clinic_app.app.demo.processes import Started
from clinic_app.app.demo.scenario import DemoClinic, Expected
from clinic_app.model.errors import EnvironmentFault, UseFault

PROFILE = "demo"
KEY_FILE = "demo.key"
WAIT_SECONDS = 300.0
_LOOK_SECONDS = 0.25
SIZES = ("1920x1080", "1366x768")


class Commands(Protocol):
    """The commands of the program, as `Processes` runs them."""

    def run(self, command: str, *words: str) -> str:
        """Run to the end; what it printed."""
        ...

    def start(self, command: str, *words: str, conversation: bool = False) -> Started:
        """Start and leave running."""
        ...

    def start_ready(self, command: str, ready: Path, *words: str) -> dict[str, str]:
        """Start, wait until it accepts; its addresses."""
        ...


class Clerk(Protocol):
    """What the demonstration asks of the clinic: the part that a person at the desk would do."""

    def portal_id_for(self, number: str) -> str:
        """Invite this number: makes and links the portal's person; waits until the number is known."""
        ...

    def counts(self) -> "Counts":
        """What the inbox holds now."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """The inbox in numbers: waiting, entries of each feed, held by code."""

    waiting: int
    messages: int
    submissions: int
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Running:
    """A demonstration under way: where, what was sent in how many seconds, the sender to ask for more."""

    home: Path
    clinic: DemoClinic
    sent: Sent
    seconds: float
    portal: str
    mllp: str
    line: Line


def start_demo(
    home: Path,
    clinic: DemoClinic,
    commands: Commands,
    clerk_of: Callable[[Path], Clerk],
    tell: Callable[[str], None],
    now_words: tuple[str, ...] = (),
) -> Running:
    """A fresh home, portal and bridge, everything sent, and all of it applied or held as it should be."""
    where = ("--home", str(home), *now_words)
    prepare_home(home, clinic, commands)
    tell(f"The demonstration's home is {home}.")
    portal = commands.start_ready("portal", home / "run" / "demo-portal.ready", *where)["portal"]
    mllp = commands.start_ready("bridge", home / "run" / "demo-bridge.ready", *where)["mllp"]
    token = json.loads(commands.run("portal-token", *where, "--label", "demonstration", "--json"))["token"]
    tell(f"Sending the history of {len(clinic.people)} invented people to {mllp} and {portal} …")
    begun = time.monotonic()
    words = ("--mllp", mllp, "--portal", portal, "--now", clinic.now.isoformat(), "--seed", str(clinic.seed))
    limit = ("--people", str(len(clinic.people)))
    line = commands.start("demo-feed", "--home", str(home), *words, *limit, conversation=True).line()
    clerk = clerk_of(home)
    sent = lead(line, token, clerk.portal_id_for)
    await_applied(clinic.expected, clerk.counts)
    seconds = time.monotonic() - begun
    tell(f"{sent.messages} messages and {sent.submissions} submissions applied in {seconds:.0f} seconds.")
    return Running(home, clinic, sent, seconds, portal, mllp, line)


def prepare_home(home: Path, clinic: DemoClinic, commands: Commands) -> None:
    """Make the home anew. Only a demonstration's home is ever removed; UseFault DEMO-HOME for others."""
    if home.exists():
        if any(home.iterdir()) and not is_demonstration(home):
            raise UseFault(
                "DEMO-HOME",
                f"{home} is not a demonstration's home",
                "Name another folder with --home, or move it away.",
            )
        shutil.rmtree(home)
    key_file = str(home / KEY_FILE)
    commands.run(
        "init",
        "--home",
        str(home),
        "--key-file",
        key_file,
        "--name",
        "Demonstration clinic",
        "--demonstration",
    )
    use_profile(home, clinic.now)


def is_demonstration(home: Path) -> bool:
    """Whether the folder's settings say that it is a demonstration's home."""
    try:
        read = tomllib.loads((home / "commonground.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(read.get("clinic", {}).get("demonstration"))


def use_profile(home: Path, now: datetime) -> None:
    """Put the demonstration hospital's dialect into the home and name it in the settings."""
    text = (packaged.files("resources") / "demo" / "profile.toml").read_text("utf-8")
    folder = home / "profiles"
    folder.mkdir(exist_ok=True)
    site = f'[site]\ntime_zone = "{zone_name(now)}"\n\n[systems]'
    (folder / f"{PROFILE}.toml").write_text(text.replace("[systems]", site, 1), encoding="utf-8")
    settings = home / "commonground.toml"
    lines = [
        f'profile = "{PROFILE}"' if line.startswith(("# profile =", "profile =")) else line
        for line in settings.read_text(encoding="utf-8").split("\n")
    ]
    settings.write_text("\n".join(lines), encoding="utf-8")


def zone_name(now: datetime) -> str:
    """A zone with the offset of this time, for messages that name none; UTC where no whole hour fits."""
    offset = now.utcoffset() or timedelta(0)
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    if rest or hours == 0:
        return "UTC"
    return f"Etc/GMT{-hours:+d}"  # these names count the other way round


def await_applied(expected: Expected, counts: Callable[[], Counts], seconds: float = WAIT_SECONDS) -> Counts:
    """Wait until all is applied or held as expected; EnvironmentFault DEMO-UNFINISHED if that never comes."""
    deadline = time.monotonic() + seconds
    while True:
        now = counts()
        if finished(expected, now):
            return now
        if time.monotonic() > deadline:
            raise EnvironmentFault(
                "DEMO-UNFINISHED",
                f"After {seconds:.0f} seconds the inbox holds {now}; expected was {expected}",
                "See `commonground inbox list` and logs/ in the demonstration's home.",
            )
        time.sleep(_LOOK_SECONDS)


def finished(expected: Expected, now: Counts) -> bool:
    """Whether everything has come, nothing waits, and exactly the expected entries are held."""
    come = now.messages >= expected.messages and now.submissions >= expected.submissions
    return come and not now.waiting and dict(now.held) == dict(expected.held)


def portraits(clinic: DemoClinic) -> tuple[tuple[Person, str, str], ...]:
    """Which pictures show the clinic: person, screen, language."""
    today = those_of_today(clinic.people)
    told = next(person for person in today if person.slot.story == "falling")
    spanish = next(person for person in today if person.slot.language == "es")
    child = next(person for person in today if person.slot.age < 10)
    return (
        (told, "shared", "en"),
        (spanish, "shared", "es"),
        (child, "shared", "en"),
        (told, "staff", "en"),
        (told, "curtain", "en"),
    )


def draw(
    running: Running,
    folder: Path,
    commands: Commands,
    tell: Callable[[str], None],
    now_words: tuple[str, ...] = (),
) -> list[Path]:
    """Without a display: draw today's clinic into PNG files; returns where they are."""
    folder.mkdir(exist_ok=True)
    drawn = []
    for person, screen, language in portraits(running.clinic):
        number = f"{running.clinic.authority}|{person.mrn}"
        for size in SIZES if screen == "shared" else SIZES[:1]:
            out = folder / f"{screen}-{person.slot.story}-{language}-{size}.png"
            words = ("--screen", screen, "--language", language, "--size", size, "--out", str(out))
            commands.run("snapshot", number, "--home", str(running.home), *now_words, *words)
            drawn.append(out)
    tell(f"There is no display, so {len(drawn)} pictures of the screens are in {folder}.")
    return drawn
