"""The checks behind ``commonground doctor``: each says what it found, in which state, and the mend."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clinic_app.model.entries import DROP, LOAD
from clinic_app.model.errors import CommonGroundError
from clinic_app.model.outbox import OutboxHealth
from clinic_app.model.people import FeedState
from clinic_app.model.roster import OutsideState

STALE_AFTER = timedelta(hours=24)
"""A feed that brought nothing for this long is called stale: a clinic's EHR sends every working day."""

RENEW_BEFORE = timedelta(days=30)
"""So long before its end a certificate is told."""

WAITING_LONG = timedelta(minutes=15)
"""What waits longer to go to the EHR is told: it is usually taken within a second."""

LOW_DISK_BYTES = 500 * 1024 * 1024
"""Below this much free space messages may soon no longer be kept."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: ``state`` is ok, note, stale or wrong; ``code`` and ``mend`` are empty where all is well."""

    name: str
    state: str
    what: str
    mend: str = ""
    code: str = ""

    @classmethod
    def wrong(cls, name: str, error: CommonGroundError) -> "Check":
        """The line of a check that raised one of our errors."""
        return cls(name, "wrong", error.what, error.mend, error.code)


def disk_check(free: int) -> Check:
    """Whether there is space (in bytes) for what will be received."""
    text = f"{free // (1024 * 1024)} MiB free"
    if free < LOW_DISK_BYTES:
        return Check(
            "disk", "wrong", text, "Free space before new messages can no longer be kept.", "DISK-LOW"
        )
    return Check("disk", "ok", text)


def certificate_check(end: datetime, now: datetime) -> Check:
    """How long the listener's certificate still holds."""
    mend = "Put the renewed certificate in its place, then start the bridge again."
    if end <= now:
        return Check(
            "certificate", "wrong", f"ended on {end:%Y-%m-%d}: senders refuse it", mend, "TLS-EXPIRED"
        )
    if end - now < RENEW_BEFORE:
        return Check("certificate", "note", f"ends on {end:%Y-%m-%d}", mend, "TLS-EXPIRES")
    return Check("certificate", "ok", f"ends on {end:%Y-%m-%d}")


def child_checks(status: Mapping[str, object], held: Mapping[str, bool]) -> Iterator[Check]:
    """Worker and checker of a running bridge: whether they hold their locks, and what they say."""
    worker, checker = _part(status, "worker"), _part(status, "checker")
    if not held["worker"]:
        mend = "The bridge starts it again by itself; if this stays, read logs/worker.log."
        yield Check("worker", "wrong", "does not run: what is received waits", mend, "WORKER-DOWN")
    elif worker.get("code"):
        mend = "It goes on by itself once that is mended; see logs/worker.log."
        yield Check("worker", "wrong", "cannot record now: what is received waits", mend, str(worker["code"]))
    else:
        yield Check("worker", "ok", "runs")
    if not held["checker"]:
        mend = "The bridge starts it again by itself; nothing else waits for it."
        yield Check("structure check", "note", "does not run", mend, "CHECKER-DOWN")
    else:
        said = (checker.get(name, 0) for name in ("checked", "differing", "lag"))
        text = "{} messages checked, {} with remarks, {} still to be looked at".format(*said)
        yield Check("structure check", "ok", text)


def sync_checks(status: Mapping[str, object]) -> Iterator[Check]:
    """What the bridge says of its last round with the portal."""
    portal = _part(status, "portal")
    if portal.get("code"):
        mend = "It is tried again by itself."
        what = f"the last round failed ({portal.get('failures', 1)} in a row)"
        yield Check("portal sync", "note", what, mend, str(portal["code"]))
    elif portal:
        yield Check("portal sync", "ok", f"last round {portal.get('at', 'at an unknown time')}")


def drop_checks(status: Mapping[str, object]) -> Iterator[Check]:
    """What the watch of the drop folder says, where there is one."""
    drop = _part(status, "drop")
    if drop.get("code"):
        mend = "It is tried again by itself; see logs/bridge.log."
        yield Check("drop folder", "wrong", "files cannot be taken now", mend, str(drop["code"]))
    elif drop.get("failed"):
        mend = "Read the texts beside them in failed/ of the drop folder."
        yield Check("drop folder", "note", f"{drop['failed']} files were not taken", mend, "DROP-FAILED")
    elif drop:
        yield Check("drop folder", "ok", f"{drop.get('taken', 0)} files taken since the bridge started")


def roster_check(outside: OutsideState, listed: int, rules: bool, now: datetime) -> Check:
    """Whether other people's messages are erased in time, and how many there were (no content is kept)."""
    today = now.astimezone(UTC).date().isoformat()
    figures = (
        sum(count.messages for count in outside.counts if count.day == today),
        sum(count.messages for count in outside.counts),
    )
    who = f"{listed} numbers are listed" + (", and rules for visits" if rules else "")
    text = "{}; messages for other people: {} today, {} in 7 days".format(who, *figures)
    if outside.oldest is not None and now - outside.oldest > timedelta(hours=24):
        mend = "Start the bridge; if it runs, see logs/worker.log."
        return Check("roster", "wrong", f"{text}; some are older than a day", mend, "ROSTER-NOT-ERASED")
    return Check("roster", "ok", f"{text}, {outside.unerased} still to be erased")


def outbox_checks(found: OutboxHealth, now: datetime) -> Iterator[Check]:
    """What goes back to the EHR: what waits and since when, and what it refused."""
    done = found.last_acknowledged
    last = f"last taken {done:%Y-%m-%d %H:%M} UTC" if done else "nothing was taken yet"
    if found.oldest_waiting is None:
        yield Check("outbox", "ok", f"nothing waits; {last}")
    else:
        text = f"{found.waiting} wait, the oldest since {found.oldest_waiting:%Y-%m-%d %H:%M} UTC; {last}"
        late = now - found.oldest_waiting > WAITING_LONG
        mend = "They go out by themselves once the EHR takes them; see `commonground outbox list`."
        code = found.code or "OUTBOX-WAITING"
        yield Check("outbox", "stale", text, mend, code) if late else Check("outbox", "ok", text)
    if found.refused:
        mend = "See `commonground outbox list --state refused`, mend it, then `outbox resend` or `withdraw`."
        yield Check("outbox", "note", f"{found.refused} were refused", mend, "OUTBOX-REFUSED")


def _part(status: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = status.get(name)
    return found if isinstance(found, dict) else {}


def feed_checks(feeds: tuple[FeedState, ...], now: datetime) -> Iterator[Check]:
    """How old each feed's last message is, what is held, what waits."""
    names = {"mllp": "EHR feed", "fhir": "portal feed", DROP: "EHR files", LOAD: "loaded history"}
    for feed in feeds:
        name = names.get(feed.channel, feed.channel.replace("mllp:", "EHR feed ", 1))
        if feed.channel != LOAD:  # a person does that once
            yield _age(name, feed, now)
        if feed.held:
            mend = "See `commonground inbox list --state held`; each entry names its mend."
            yield Check(name, "note", f"{feed.held} entries are held", mend, "ENTRIES-HELD")
        if feed.waiting:
            mend = "If this stays, see whether the bridge runs (`commonground doctor`)."
            yield Check(
                name, "note", f"{feed.waiting} entries wait to be translated", mend, "ENTRIES-WAITING"
            )


def _age(name: str, feed: FeedState, now: datetime) -> Check:
    if feed.last_received is None:
        return Check(
            name, "note", "nothing has come yet", "Send a message, or look at the sender.", "FEED-SILENT"
        )
    age = now - feed.last_received
    text = f"last received {feed.last_received:%Y-%m-%d %H:%M} UTC"
    if age > STALE_AFTER:
        return Check(name, "stale", text, "Look whether the sender still sends.", "FEED-STALE")
    return Check(name, "ok", text)
