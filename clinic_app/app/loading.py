"""Loading history from before the first day: what the files hold, what becomes of it, and the report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridges.hl7.acknowledge import examine
from bridges.hl7.batches import split
from bridges.hl7.history import COLUMNS, PREFIX, kind_of, rows_of
from clinic_app.app.compose import Clinic
from clinic_app.app.handing_over import hand_on, wait_recorded
from clinic_app.model.access import Action, Purpose
from clinic_app.model.entries import LOAD, EntryState, InboxEntry, RawEntry, Received, Translation
from clinic_app.model.errors import EnvironmentFault, SenderFault
from clinic_app.ports.store import PeopleView
from clinic_app.services.judging import UNKNOWN_PATIENT, introduces, judge, kinds_of
from clinic_app.services.rostering import roots_of

SENDER = "history"
"""Sender of a row: what is loaded again from another table of the same rows is known."""
_MOST = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or message that was not taken: where, why, what to do, and the entry in which it is kept."""

    line: int
    state: str
    code: str
    reason: str
    mend: str
    entry: int = 0


@dataclass(slots=True)
class FileReport:
    """What became of one file.

    Attributes:
        file: its name. kind: ``hl7`` or the table. rows: rows or messages in it.
        taken: applied now. repeated: loaded before. held, ignored: see `problems`. outside: for people who
            are not on the roster; not kept.
        refused: why nothing of it was read, empty otherwise. remarks: of the batch as a whole.
    """

    file: str
    kind: str = ""
    rows: int = 0
    taken: int = 0
    repeated: int = 0
    held: int = 0
    ignored: int = 0
    outside: int = 0
    refused: str = ""
    remarks: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, state: str, repeated: bool, problem: Problem | None) -> None:
        """One row more."""
        if problem is not None:
            self.problems.append(problem)
        if repeated and problem is None:
            self.repeated += 1
        elif state == EntryState.APPLIED:
            self.taken += 1
        elif state == EntryState.HELD:
            self.held += 1
        else:
            self.ignored += 1


@dataclass(frozen=True, slots=True)
class _Piece:
    line: int
    received: Received
    said: Translation


def load_folder(clinic: Clinic, folder: Path, dry_run: bool) -> Sequence[FileReport]:
    """Load every file of a folder; with ``dry_run`` only say what would become of it.

    Raises EnvironmentFault LOAD-NO-FILES, LOAD-WAITING; AccessDenied where the account may not load.
    """
    gathered = [_gather(clinic, path) for path in _files(folder)]
    for report, pieces in gathered:
        _note(clinic, pieces, dry_run)
        report.outside = report.rows - len(pieces) if not report.refused else 0
    if dry_run:
        _foretell(clinic, gathered)
    else:
        _land(clinic, gathered)
    return [report for report, _ in gathered]


def _files(folder: Path) -> Sequence[Path]:
    """Plain files, messages before tables: they make the people known that the rows speak of."""
    try:
        found = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    except OSError as error:
        raise EnvironmentFault(
            "LOAD-NO-FILES",
            f"the folder {folder} cannot be read ({error.strerror})",
            "Name a folder with the files.",
        ) from error
    if not found:
        raise EnvironmentFault("LOAD-NO-FILES", f"the folder {folder} holds no files", "Put the files there.")
    return sorted(found, key=lambda path: (path.suffix.casefold() == ".csv", path.name))


def _gather(clinic: Clinic, path: Path) -> tuple[FileReport, list[_Piece]]:
    """What a file holds for people on the roster (for everybody, where none is kept)."""
    report, pieces = FileReport(path.name), list[_Piece]()
    try:
        if path.stat().st_size > _MOST:
            mend = "Divide it between two rows or messages."
            raise SenderFault("LOAD-TOO-LARGE", "the file is larger than 512 MiB", mend)
        raw = path.read_bytes()
        report.kind = kind_of(path.name) or "hl7"
        parts = _rows(raw, report.kind, clinic) if report.kind in COLUMNS else _messages(raw, clinic, report)
        translate = clinic.translator()
        for line, received in parts:
            report.rows += 1
            said = translate(_as_entry(received))
            if _on_roster(clinic, said):
                pieces.append(_Piece(line, received, said))
    except SenderFault as fault:
        report.refused = f"{fault.code}: {fault.what}. {fault.mend}"
    except OSError as error:
        report.refused = f"LOAD-UNREADABLE: the file cannot be read ({error.strerror}). Correct its rights."
    return report, pieces


def _rows(raw: bytes, kind: str, clinic: Clinic) -> Iterator[tuple[int, Received]]:
    for row in rows_of(raw, kind):
        yield row.line, Received(LOAD, SENDER, "", PREFIX + kind, clinic.now(), row.raw)


def _messages(raw: bytes, clinic: Clinic, report: FileReport) -> Iterator[tuple[int, Received]]:
    batch, at, line = split(raw), 0, 1
    if not batch.messages:
        mend = f"A table is named {', '.join(f'{name}….csv' for name in COLUMNS)}; see docs/load.md."
        raise SenderFault("LOAD-NOT-HL7", "there is no HL7 message in it, and it is no known table", mend)
    report.remarks += [f"{hold.code}: {hold.reason}. {hold.mend}" for hold in batch.holds]
    report.remarks += [f"{finding.code}: {finding.text}" for finding in batch.findings]
    for message in batch.messages:
        begin = raw.index(message, at)
        line += _line_ends(raw[at:begin])
        header = examine(message)
        sender = header.sender if header.sender.strip("|") else SENDER
        yield line, Received(LOAD, sender, header.control_id, header.type, clinic.now(), message)
        line, at = line + _line_ends(message), begin + len(message)


def _line_ends(raw: bytes) -> int:
    return raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")


def _as_entry(received: Received) -> RawEntry:
    return RawEntry(
        0,
        received.channel,
        received.sender,
        received.control_id,
        received.type,
        received.received_at,
        received.raw,
    )


def _on_roster(clinic: Clinic, said: Translation) -> bool:
    """Rows for other people never get into the intake: who comes onto the roster later can then load them."""
    roster = clinic.rostering.current()
    if roster is None or said.mention is None:
        return True
    with clinic.gate.processing(Action.LOAD) as view:
        return bool(roots_of(view, said.mention, roster))


def _note(clinic: Clinic, pieces: Sequence[_Piece], dry_run: bool) -> None:
    """Loading is a write to everybody whom the file speaks of; who looks what it would do has looked."""
    people = tuple(sorted({piece.said.subject for piece in pieces if piece.said.subject is not None}))
    kinds = kinds_of([stated for piece in pieces for stated in piece.said.statements])
    opened = clinic.gate.reading if dry_run else clinic.gate.writing
    with opened(Action.LOAD, people, kinds, Purpose.OPERATION):
        return


def _land(clinic: Clinic, gathered: Sequence[tuple[FileReport, list[_Piece]]]) -> None:
    receipts = [hand_on(clinic, [piece.received for piece in pieces]) for _, pieces in gathered]
    newest = [entry_id for given in receipts for entry_id, repeated in given if not repeated]
    if newest:
        wait_recorded(clinic, max(newest))
    with clinic.gate.processing(Action.LOAD) as view:
        for (report, pieces), given in zip(gathered, receipts, strict=True):
            for piece, (entry_id, repeated) in zip(pieces, given, strict=True):
                entry = view.inbox_entry(entry_id)
                if entry is not None:
                    report.count(entry.state, repeated, _problem(piece.line, entry))


def _problem(line: int, entry: InboxEntry) -> Problem | None:
    if entry.state is EntryState.APPLIED:
        return None
    return Problem(line, entry.state.value, entry.code, entry.reason, entry.mend, entry.id)


def _foretell(clinic: Clinic, gathered: Sequence[tuple[FileReport, list[_Piece]]]) -> None:
    """Judge by what is known now, and by whom the files themselves make known."""
    introduced = {piece.said.subject for _, pieces in gathered for piece in pieces if introduces(piece.said)}
    with clinic.gate.processing(Action.LOAD) as view:
        for report, pieces in gathered:
            for piece in pieces:
                state, problem = _expected(view, piece, piece.said.subject in introduced)
                report.count(state, False, problem)


def _expected(view: PeopleView, piece: _Piece, introduced: bool) -> tuple[EntryState, Problem | None]:
    verdict = judge(view, piece.said, piece.received.received_at)
    if verdict.state is EntryState.IGNORED:
        return verdict.state, Problem(piece.line, verdict.state.value, "", verdict.reason, "")
    holds = [one for one in verdict.holds if not (introduced and one == UNKNOWN_PATIENT)]
    if not holds:
        return EntryState.APPLIED, None
    first = holds[0]
    return verdict.state, Problem(piece.line, verdict.state.value, first.code, first.reason, first.mend)
