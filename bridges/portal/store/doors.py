"""Who may come in: bearer tokens of programs, one-time codes of patients, and their sessions.

Only digests are kept. Tokens and sessions are 256 random bits, so a plain SHA-256 hides them; codes are 40
bits, count their failures and expire, and their digest is keyed with a secret of this file.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.portal.store.database import Database
from bridges.portal.store.resources import Run, stamp_of

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody mistakes for one another."""
CODE_LENGTH = 8
CODE_DAYS = 14
CODE_FAILURES = 5
IDLE = timedelta(minutes=45)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token as it may be shown; ``revoked`` is empty while it works."""

    id: int
    label: str
    created: str
    revoked: str


@dataclass(frozen=True, slots=True)
class Session:
    """One patient signed in on one device; ``sent`` is the id of the response sent in it, or empty."""

    digest: str
    patient: str
    language: str
    sent: str


class DoorStore:
    """Makes and checks tokens, codes and sessions."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database; the secret for codes is made at the first opening."""
        self._database = database
        with database.unit() as run:
            run("INSERT OR IGNORE INTO meta VALUES ('code-secret', ?)", (secrets.token_hex(32),))
            row = run("SELECT value FROM meta WHERE name='code-secret'").fetchone()
        self._secret = bytes.fromhex(row[0] if row else "")

    def create_token(self, label: str, now: datetime) -> str:
        """A new bearer token, shown this once."""
        token = secrets.token_urlsafe(32)
        with self._database.unit() as run:
            run(
                "INSERT INTO token (label, digest, created) VALUES (?,?,?)",
                (label, _plain(token), stamp_of(now)),
            )
        return token

    def revoke_token(self, number: int, now: datetime) -> bool:
        """Stop a token from working; False where there is none that works."""
        with self._database.unit() as run:
            changed = run("UPDATE token SET revoked=? WHERE id=? AND revoked=''", (stamp_of(now), number))
            return changed.rowcount == 1

    def tokens(self) -> Sequence[Token]:
        """All tokens ever made."""
        with self._database.view() as run:
            rows = run("SELECT id, label, created, revoked FROM token ORDER BY id").fetchall()
        return [Token(*row) for row in rows]

    def token_works(self, token: str) -> bool:
        """Whether this bearer token is one of ours and not revoked."""
        with self._database.view() as run:
            row = run("SELECT 1 FROM token WHERE digest=? AND revoked=''", (_plain(token),)).fetchone()
        return row is not None

    def create_code(self, patient: str, language: str, now: datetime) -> tuple[str, datetime]:
        """A one-time code for a patient, and when it expires; codes not used yet stop working."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        expires = now + timedelta(days=CODE_DAYS)
        with self._database.unit() as run:
            run("DELETE FROM invitation WHERE patient=? AND used=''", (patient,))
            row = (self._code_digest(code), patient, language, stamp_of(expires))
            run("INSERT INTO invitation (digest, patient, language, expires) VALUES (?,?,?,?)", row)
        return f"{code[:4]}-{code[4:]}", expires

    def enter(
        self, code: str, birth_date: str, birth_date_of: Callable[[str], str], now: datetime
    ) -> str | None:
        """Use a code up and begin a session; returns the session's token, or None for any reason to refuse.

        ``birth_date_of`` tells a patient's birth date as ISO text. A wrong code costs the same steps as a
        wrong date.
        """
        digest, moment = self._code_digest(normal_code(code)), stamp_of(now)
        works = "digest=? AND used='' AND expires>? AND failures<?"
        with self._database.view() as run:
            row = run(
                f"SELECT patient, language FROM invitation WHERE {works}", (digest, moment, CODE_FAILURES)
            ).fetchone()
        patient, language = row or ("", "en")
        right = hmac.compare_digest(birth_date_of(patient).encode(), birth_date.encode())
        with self._database.unit() as run:
            if row is None or not right:
                run("UPDATE invitation SET failures=failures+1 WHERE digest=?", (digest,))
                return None
            used = run(f"UPDATE invitation SET used=? WHERE {works}", (moment, digest, moment, CODE_FAILURES))
            # Two tries at the same moment: only one uses the code up.
            return _begin(run, patient, language, now) if used.rowcount == 1 else None

    def session(self, token: str, now: datetime) -> Session | None:
        """The session of this token, its idle time begun anew; None where it has ended."""
        with self._database.unit() as run:
            digest = _plain(token)
            row = run(
                "SELECT digest, patient, language, sent FROM session WHERE digest=? AND used>? AND began>?",
                (digest, stamp_of(now - IDLE), stamp_of(now - LONGEST)),
            ).fetchone()
            if row is None:
                return None
            run("UPDATE session SET used=? WHERE digest=?", (stamp_of(now), digest))
            return Session(*row)

    def speak(self, session: Session, language: str) -> None:
        """Change a session's language."""
        with self._database.unit() as run:
            run("UPDATE session SET language=? WHERE digest=?", (language, session.digest))

    def mark_sent(self, run: Run, session: Session) -> str:
        """Inside a unit: the id under which to store what this session sends; empty where it has sent
        already."""
        name = str(uuid.uuid4())
        marked = run("UPDATE session SET sent=? WHERE digest=? AND sent=''", (name, session.digest))
        return name if marked.rowcount == 1 else ""

    def leave(self, session: Session) -> None:
        """Sign out."""
        with self._database.unit() as run:
            run("DELETE FROM session WHERE digest=?", (session.digest,))

    def _code_digest(self, code: str) -> str:
        return hmac.digest(self._secret, code.encode(), "sha256").hex()


def normal_code(code: str) -> str:
    """A code as typed, without spaces and dashes, in capitals."""
    return "".join(mark for mark in code.upper() if mark.isalnum())


def _begin(run: Run, patient: str, language: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    moment = stamp_of(now)
    run("DELETE FROM session WHERE patient=?", (patient,))  # one device at a time
    row = (_plain(token), patient, language, moment, moment)
    run("INSERT INTO session (digest, patient, language, began, used) VALUES (?,?,?,?,?)", row)
    return token


def _plain(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
