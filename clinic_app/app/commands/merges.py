"""``commonground merges list|show|confirm|reject|undo``: numbers that may be one person; a person decides."""

import argparse
import sys
from collections.abc import Mapping

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.output import plain, print_json, print_table
from clinic_app.app.values import read_count
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.services import merges, replay
from clinic_app.services.merges import Preview, Side

DESCRIPTION = (
    "Numbers that the EHR says are one person: look at both, then decide. Nothing is joined by itself."
)
EXAMPLE = "commonground merges confirm 4711"
_DECIDED = {"confirm": "joined", "reject": "kept apart", "undo": "kept apart"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which proposal."""
    parser.add_argument("what", choices=("list", "show", *_DECIDED), help="list; show one; or decide")
    parser.add_argument("id", nargs="?", type=read_count, help="number of the inbox entry that proposes it")
    parser.add_argument(
        "--although", action="store_true", help="confirm: join them although their birth dates differ"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """List, show or decide."""
    if (arguments.what == "list") != (arguments.id is None):
        what = (
            "`list` takes no number"
            if arguments.what == "list"
            else f"`{arguments.what}` needs the entry's number"
        )
        raise UseFault("USE", what, f"For example: {EXAMPLE}")
    if arguments.although and arguments.what != "confirm":
        raise UseFault("USE", "--although belongs to `confirm`", f"For example: {EXAMPLE} --although")
    with Clinic(context) as clinic:
        if arguments.what == "list":
            _list(clinic, arguments.json)
        else:
            pair = _pair(clinic, arguments.id)
            _show(clinic, pair, arguments.json) if arguments.what == "show" else _decide(
                clinic, pair, arguments
            )
    return 0


def _list(clinic: Clinic, as_json: bool) -> None:
    rows: list[Mapping[str, object]] = [
        {
            "id": one.entry_id,
            "state": "proposed",
            "surviving": str(one.surviving),
            "retired": str(one.retired),
            "by": one.sender,
            "at": one.received_at.isoformat(),
        }
        for one in merges.proposals(clinic.gate, clinic.translator())
    ]
    rows += [
        {
            "id": 0,
            "state": "joined",
            "surviving": str(link.first),
            "retired": str(link.second),
            "by": link.by,
            "at": link.at.isoformat(),
        }
        for link in merges.confirmed(clinic.gate)
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("id", "state", "surviving", "retired", "by", "at"))


def _pair(clinic: Clinic, entry_id: int) -> tuple[Identifier, Identifier]:
    """The two numbers that an entry names, whatever was decided about them."""
    from_entry = merges.pair_of(clinic.gate, clinic.translator(), entry_id)
    if from_entry is None:
        raise CommonGroundError(
            "MERGE-UNKNOWN", f"entry {entry_id} proposes no merge", "See: commonground merges list."
        )
    return from_entry


def _show(clinic: Clinic, pair: tuple[Identifier, Identifier], as_json: bool) -> None:
    seen = merges.preview(clinic.gate, *pair)
    if as_json:
        print_json(_plain(seen))
        return
    lines = [_told("stays", seen.surviving), _told("is retired", seen.retired)]
    lines += [f"Speaks against it: {', '.join(seen.against)}"] if seen.against else []
    sys.stdout.write("\n".join(map(plain, lines)) + "\n")


def _decide(clinic: Clinic, pair: tuple[Identifier, Identifier], arguments: argparse.Namespace) -> None:
    if arguments.what == "confirm":
        merges.confirm(clinic.gate, *pair, clinic.now(), arguments.although)
    else:
        merges.separate(clinic.gate, *pair, clinic.now())
    changed = look_again(clinic, pair)
    done = {
        "surviving": str(pair[0]),
        "retired": str(pair[1]),
        "now": _DECIDED[arguments.what],
        "changed": changed,
    }
    if arguments.json:
        print_json(done)
    else:
        text = f"{pair[0]} and {pair[1]} are {_DECIDED[arguments.what]}. {changed} entries changed."
        sys.stdout.write(f"{plain(text)}\n")


def look_again(clinic: Clinic, pair: tuple[Identifier, Identifier]) -> int:
    """Reconsider the entries of both after a decision; how many changed."""
    version, now = clinic.profile_version(), clinic.now()
    reports = [replay.reconsider(clinic.gate, one, clinic.translator(), version, now) for one in pair]
    return sum(report.changed for report in reports)


def _plain(seen: Preview) -> Mapping[str, object]:
    sides = {"surviving": seen.surviving, "retired": seen.retired}
    return {**{name: _side(side) for name, side in sides.items()}, "against": list(seen.against)}


def _side(side: Side) -> Mapping[str, object]:
    return {
        "identifiers": [str(one) for one in side.identifiers],
        "family": side.family,
        "given": side.given,
        "birth_date": side.birth_date.text if side.birth_date else None,
        "sex": side.sex,
        "counts": dict(side.counts),
        "first": side.first.text if side.first else None,
        "last": side.last.text if side.last else None,
    }


def _told(role: str, side: Side) -> str:
    numbers = ", ".join(map(str, side.identifiers))
    if not side.known:
        return f"{numbers} {role}: nothing is known under it here."
    counts = ", ".join(f"{count} {kind}" for kind, count in side.counts)
    born = side.birth_date.text if side.birth_date else "unknown"
    span = f"{side.first.text[:10]} to {side.last.text[:10]}" if side.first and side.last else "no dates"
    return f"{numbers} {role}: {side.family}, {side.given}, born {born}, {side.sex}; {counts}; {span}."
