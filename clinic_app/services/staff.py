"""Statements that staff make here: facts without an inbox entry, source ``staff``, author the account."""

from datetime import UTC, datetime

from clinic_app.model.bodies import Body, content_hash
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.ports.store import WriteUnit

HERE = 0
"""Entry id of what was entered here, not received."""

PROGRAM = "here"
"""Stands where a received fact names its site profile."""


def sent_now(now: datetime) -> str:
    """The time of a statement made now, as fixed-width UTC text that sorts with those of the feeds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def state_here(
    unit: WriteUnit,
    subject: Identifier,
    kind: FactKind,
    code: str,
    key: str,
    body: Body,
    account: str,
    now: datetime,
    status: FactStatus = FactStatus.FINAL,
    since: Moment | None = None,
) -> Statement:
    """Record one statement and its change row; ``since`` is its effective time where that is not now."""
    at = since or Moment.of(now)
    digest = content_hash(kind, code, status, at, body, account)
    stated = Statement(
        subject, kind, code, key, status, sent_now(now), digest, at, body, Source.STAFF, account
    )
    unit.add_statements(HERE, (stated,), PROGRAM, now)
    unit.append_change(unit.person(subject), (kind,), (code,) if code else (), now)
    return stated
