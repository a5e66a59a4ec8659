"""What the shared screen shows: frozen values in words and numbers, nothing that is not drawn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Sign(StrEnum):
    """The sign before a line; always beside words."""

    DOWN = "down"
    UP = "up"
    NEW = "new"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Banner:
    """Two identifiers, labelled: ``name``, ``born`` ("born 14 March 2002"), ``number`` ("number 4471")."""

    name: str
    born: str
    number: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One drawn value: its day number, its height, whether a line leads to the next, and what tells its
    origin, which is asked for one mark in thousands.
    """

    day: float
    value: float
    joined: bool
    tell: Callable[[], str] = field(compare=False, repr=False)

    @property
    def origin(self) -> str:
        """Where the value comes from, in words."""
        return self.tell()


@dataclass(frozen=True, slots=True)
class Band:
    """The goal as a range of the vertical axis, and its label."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The vertical axis: its ends, and ticks as (value, words)."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """One row: a chart, its sentence and its last value.

    Attributes:
        code: series name.
        title: plain name.
        sentence: what changed; its number equals the data. May be empty.
        value: last value as shown; ``unit`` follows it in words.
        word: one word that says what it means, may be empty.
        origin: source and day of the last value ("clinic, 3 March").
        age: how long ago, once that matters.
        stale: whether it is too old to speak for today; then ``word`` is its age.
        home: legend of the home marks, empty where none are drawn.
        marks: clinic values; home_marks: home values, never joined to them.
        hidden: whether the card was hidden; then nothing else is filled but code and title.
    """

    code: str
    title: str
    sentence: str = ""
    value: str = ""
    unit: str = ""
    word: str = ""
    origin: str = ""
    age: str = ""
    stale: bool = False
    home: str = ""
    marks: tuple[Mark, ...] = ()
    home_marks: tuple[Mark, ...] = ()
    band: Band | None = None
    scale: Scale = Scale(0, 1, ())
    hidden: bool = False

    @property
    def spoken(self) -> str:
        """The chart's accessible name: its title, last value and sentence."""
        last = f"{self.value} {self.unit}".strip()
        return ". ".join(part.rstrip(".") for part in (self.title, last, self.sentence) if part) + "."


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The one time axis of all charts: first and last day number, ticks as (day, words)."""

    first: float
    last: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A time in a lane; ``label`` stands in it where it fits, else ``short``, else nothing."""

    first: float
    last: float
    label: str
    short: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Medicines below the charts: long-term ones as bars, courses of antibiotics as boxes; ``note`` stands
    beside.
    """

    bars: tuple[Bar, ...]
    courses: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic: text as it is drawn (the patient's in quotation marks), who said it, whose card it is."""

    text: str
    by: str
    from_patient: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "since last time"."""

    sign: Sign
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A card of the right side: all there is, how much of it is shown first, and a quiet note under it.

    ``short`` is the title of its tab.
    """

    title: str
    short: str = ""
    topics: tuple[TopicCard, ...] = ()
    lines: tuple[Line, ...] = ()
    first_topics: int = 0
    first_lines: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class SharedState:
    """The whole shared screen for one person.

    Attributes:
        token: grows with every patient switch; what carries another token is dropped.
        steps: names of the steps that work, the current one first.
        heading: today in words.
        feeds: health of the feeds in words, for the bottom line.
        mark: "demonstration" in words, or empty.
    """

    token: int
    banner: Banner
    steps: tuple[str, ...]
    heading: str
    trends: tuple[Trend, ...]
    axis: TimeAxis
    lanes: tuple[Lane, ...]
    talk: Listing
    since: Listing
    feeds: tuple[str, ...] = field(default=())
    mark: str = ""
