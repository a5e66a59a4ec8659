"""``commonground demo-feed`` (hidden): the process that really sends the synthetic clinic."""

import argparse
import sys

from clinic_app.app.context import Context
from clinic_app.app.demo.bodies import read_lungs
from clinic_app.app.demo.conversation import Line, send_everything
from clinic_app.app.demo.live import LiveTests
from clinic_app.app.demo.people import ALL, read_clinic, smaller
from clinic_app.app.demo.scenario import SEED, make_clinic

DESCRIPTION = (
    "Send the synthetic clinic. The portal's token comes on standard input, never on the command line."
)
EXAMPLE = "commonground demo-feed --mllp 127.0.0.1:2575 --portal http://127.0.0.1:8443"
_MILLISECONDS = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to send, and which clinic."""
    parser.add_argument("--mllp", required=True, metavar="HOST:PORT", help="where the bridge listens")
    parser.add_argument("--portal", required=True, metavar="URL", help="where the portal is")
    parser.add_argument("--people", type=int, default=ALL, help="only so many of its people")
    parser.add_argument("--seed", type=int, default=SEED, help="draws the clinic")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Send everything, then single tests as asked, until standard input ends."""
    begun = context.clock.now().astimezone()
    clinic = make_clinic(begun, arguments.seed, smaller(read_clinic(), arguments.people))
    tests = LiveTests(clinic, read_lungs(), int(begun.timestamp() * _MILLISECONDS))
    line = Line(sys.stdin, sys.stdout)
    send_everything(
        clinic, arguments.mllp, arguments.portal, line, tests, lambda: context.clock.now().astimezone()
    )
    return 0
