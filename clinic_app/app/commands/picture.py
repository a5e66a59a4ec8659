"""``commonground picture MRN``: one patient's picture, as text or as the documented JSON."""

import argparse
import sys
from dataclasses import replace

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.feeds import feed_states
from clinic_app.app.output import plain, print_json
from clinic_app.app.pictures import Pictures
from clinic_app.picture.json_form import to_json
from clinic_app.picture.summary import feed_lines
from clinic_app.picture.types import AgendaItem, Picture
from clinic_app.services import patients

DESCRIPTION = "Print one patient's picture. The look is logged like every other."
EXAMPLE = "commonground picture 'DEMO|1001' --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The patient, the form and the language."""
    parser.add_argument("mrn", metavar="MRN", help="AUTHORITY|ID, or the bare number where it is unique")
    parser.add_argument("--json", action="store_true", help="the form documented in docs/picture.md")
    parser.add_argument("--language", choices=("en", "es"), help="language of the sentences")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Open the patient through the gate and print."""
    with Clinic(context, language=arguments.language) as clinic:
        identifier = patients.find(clinic.gate, arguments.mrn)
        opened = Pictures(clinic).open(identifier)
        picture = replace(opened.picture, feeds=feed_lines(feed_states(clinic)))
    if arguments.json:
        print_json(to_json(picture))
    else:
        sys.stdout.write(as_text(picture))
    return 0


def _topic(item: AgendaItem) -> str:
    return f"{item.by}: {item.text}" + (" (only for the clinician)" if item.private else "")


def as_text(picture: Picture) -> str:
    """What matters, in a few lines for a terminal."""
    born = picture.patient.birth_date.text if picture.patient.birth_date else "not known"
    numbers = ", ".join(map(str, picture.patient.identifiers))
    lines = [f"{picture.patient.name}, born {born}, {numbers}"]
    for title, texts in (
        ("Since last time", [line.text for line in picture.changes]),
        ("We want to talk about", [_topic(item) for item in picture.agenda]),
        ("For attention", [item.text for item in picture.attention]),
        ("Due", [f"{line.text} ({line.state})" for line in picture.due]),
        ("Medicines", [f"{line.name} ({line.state})" for line in picture.medicines]),
    ):
        if texts:
            lines += ["", title, *(f"  {text}" for text in texts)]
    lines.append("")
    for name, points in picture.series.items():
        last = points[-1]
        at = last.at.text if last.at else "no date"
        lines.append(
            f"{name}: {last.comparator}{last.value} {last.unit} ({last.source}, {at}; {len(points)} values)"
        )
    return "".join(f"{plain(line)}\n" for line in lines)
