"""Incremental reading of one resource type, without I/O: answers in, records and the next address out.

The position is a keyset: "everything up to this last update has landed". Paging by offset loses records
while rows change, so the next page is asked for anew from the last update seen (``_lastUpdated=ge…``,
whole seconds, because servers round); where a page does not get past one second, the server's own ``next``
link is followed, on our origin alone. A server that does not say (in its ``self`` link) that it sorted is
read by ``next`` links only, and the position moves once a whole reading brought nothing new. A server whose
``next`` drops our filter or order goes on within another list than the one it began: then its plain list is
read from the beginning. Each round starts an overlap earlier; what was seen is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from bridges.fhir.bundle import Bundle, Record, not_fhir, read_bundle
from clinic_app.model.errors import EnvironmentFault

OVERLAP = timedelta(minutes=5)
"""How much earlier than its position a round starts: for commits that became visible late."""
PAGE = 200
MOST_PAGES = 100_000
_PORTS = {"http": 80, "https": 443}
_MOST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer brought.

    Attributes:
        fresh: records not seen before, to be landed before anything else happens.
        position: the new position, to be made durable together with them; None where it stays.
        next: the address to ask next, empty where the round is done.
    """

    fresh: Sequence[Record]
    position: str | None
    next: str


class Wait(EnvironmentFault):
    """The portal asks to come back later; ``seconds`` is how long, 0 where it did not say."""

    def __init__(self, seconds: float, status: int) -> None:
        """PORTAL-BUSY with the time to wait."""
        super().__init__(
            "PORTAL-BUSY",
            f"the portal is busy (status {status})",
            "It is asked again by itself, a little later.",
        )
        self.seconds = seconds


@dataclass(slots=True)
class Seen:
    """Records landed lately, by digest, so that a round does not land them again; the oldest are
    forgotten."""

    digests: dict[bytes, None] = field(default_factory=dict)
    most: int = 100_000

    def fresh(self, records: Sequence[Record]) -> list[Record]:
        """Those not seen yet, each once."""
        found = {record.digest: record for record in records if record.digest not in self.digests}
        return list(found.values())

    def add(self, records: Sequence[Record]) -> None:
        """Remember what has landed."""
        for record in records:
            self.digests[record.digest] = None
        while len(self.digests) > self.most:
            del self.digests[next(iter(self.digests))]


class Round:
    """One reading of one type, from a position to the end. `start`, then `receive` for each answer,
    `landed` between.

    Attributes:
        position: ISO text of the last update up to which everything has landed; empty at the very beginning.
        spoilt: whether an answer was understood and led nowhere: asking the same again is of no use.
    """

    def __init__(
        self,
        base: str,
        kind: str,
        position: str,
        seen: Seen,
        overlap: timedelta = OVERLAP,
        page: int = PAGE,
        *,
        whole: bool = False,
    ) -> None:
        """``base`` is the configured FHIR address; ``seen`` lives on from round to round; ``whole`` reads
        from the very beginning, whatever the position is: what a server had let slip is found so.
        """
        self._base = base.rstrip("/")
        self._kind = kind
        self._seen = seen
        self._page = page
        self.position = position
        self._reached = _instant(position)
        self._since = None if self._reached is None or whole else _second(self._reached - overlap)
        self.spoilt = False
        self._sorted = True
        self._pages = 0
        self._brought = False
        self._last: datetime | None = None
        self._before: datetime | None = None
        self._linked = False  # the page comes by the server's own link
        self._began_sorted = False
        self._plainly = False  # the plain list is read
        self._asked: set[str] = set()
        self._fresh: Sequence[Record] = ()

    def start(self) -> str:
        """The first address."""
        return self._ask(self._query(self._since))

    def receive(self, answer: Answer) -> Page:
        """Take an answer apart; raises EnvironmentFault PORTAL-TOKEN, PORTAL-BUSY or PORTAL-ANSWER."""
        check(answer)
        bundle = read_bundle(answer.body)
        self.spoilt = True
        leaps = self._leaps(bundle)
        self._follow_order(bundle)
        if self._pages == 0 and not self._plainly:
            self._began_sorted = self._sorted
        following = self._start_plainly() if leaps else self._next(bundle)
        self.spoilt = False
        self._fresh = self._seen.fresh(
            [record for record in bundle.records if record.type in (self._kind, "")]
        )
        if leaps:
            return Page(self._fresh, None, following)
        self._pages += 1
        self._brought = self._brought or bool(self._fresh)
        # Without order, something behind the position could still be missing, or have slipped between two
        # pages.
        whole = not following and (self._pages == 1 or not self._brought)
        position = self._advance() if self._sorted or whole else None
        return Page(self._fresh, position, following)

    def landed(self) -> None:
        """The last page and its position are durable."""
        self._seen.add(self._fresh)

    def _leaps(self, bundle: Bundle) -> bool:
        """Whether a page is not what was asked for: one that came by the server's link goes back in time,
        though the pages before it did not, or the first of our own question begins before it (no filter).
        """
        if self._plainly:
            return False
        times = [record.when for record in bundle.records if record.when is not None]
        if not self._linked:
            since = self._since
            return bool(bundle.next) and since is not None and any(when < since for when in times)
        start = self._before
        before = [*([start] if start else []), *times]
        return self._began_sorted and any(later < earlier for earlier, later in pairwise(before))

    def _follow_order(self, bundle: Bundle) -> None:
        if not parse_qs(urlsplit(bundle.self).query).get("_sort", [""])[0].startswith("_lastUpdated"):
            self._sorted = False
        for record in bundle.records:
            when = record.when
            if when is None:
                self._sorted = False
                continue
            if self._before is not None and when < self._before:
                self._sorted = False
            self._before = when
            self._last = when if self._last is None else max(self._last, when)

    def _advance(self) -> str | None:
        if self._last is None or (self._reached is not None and self._last <= self._reached):
            return None
        self._reached = self._last
        self.position = _text(self._last)
        return self.position

    def _next(self, bundle: Bundle) -> str:
        if not bundle.next:
            return ""
        since = _second(self._last)
        if self._sorted and since is not None and (self._since is None or since > self._since):
            self._since = self._before = since
            self._linked = False
            return self._ask(self._query(since))
        address = urljoin(f"{self._base}/{self._kind}", bundle.next)
        if _origin(address) != _origin(self._base):
            raise not_fhir("sends us on to another address")
        if self._began_sorted and "_sort" not in parse_qs(urlsplit(address).query):
            # It may go on within another list; what it had before that place would never be seen.
            return self._start_plainly()
        self._linked = True
        return self._ask(address)

    def _start_plainly(self) -> str:
        """From the beginning of the plain list, without order or filter; its links may be known already."""
        self._plainly = True
        self._sorted = self._began_sorted = self._brought = False
        self._pages = 0
        self._asked.clear()
        return self._ask(f"{self._base}/{self._kind}?{urlencode({'_count': str(self._page)})}")

    def _query(self, since: datetime | None) -> str:
        asked = {"_sort": "_lastUpdated", "_count": str(self._page)}
        if since is not None:
            asked["_lastUpdated"] = "ge" + _text(since)
        return f"{self._base}/{self._kind}?{urlencode(asked)}"

    def _ask(self, address: str) -> str:
        if address in self._asked or len(self._asked) >= MOST_PAGES:
            raise not_fhir("leads round in a circle")
        self._asked.add(address)
        return address


def check(answer: Answer) -> None:
    """Raise for an answer that is no success: PORTAL-TOKEN, PORTAL-BUSY (with its wait) or PORTAL-ANSWER."""
    if answer.status in (401, 403):
        raise EnvironmentFault(
            "PORTAL-TOKEN",
            "the portal does not accept our token",
            "Make a new one with `commonground portal-token` and store it; nothing else is needed.",
        )
    if answer.status in (429, 503):
        raise Wait(retry_after(answer), answer.status)
    if answer.status != 200:
        raise not_fhir(f"has the status {answer.status}")


def retry_after(answer: Answer) -> float:
    """Seconds that the server asks to wait (at most an hour), 0 where it does not say; a date counts from
    its own."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _MOST_WAIT)
    try:
        until = parsedate_to_datetime(text)
        seconds = (until - parsedate_to_datetime(answer.headers.get("date", ""))).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), _MOST_WAIT)


def _instant(position: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(position)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _second(when: datetime | None) -> datetime | None:
    """Rounded down to the second: a server that rounds the other way then skips nothing."""
    return None if when is None else when.replace(microsecond=0)


def _text(when: datetime) -> str:
    """An instant as FHIR writes it, in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    return parts.scheme, (parts.hostname or ""), parts.port or _PORTS.get(parts.scheme)
