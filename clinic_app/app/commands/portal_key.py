"""``commonground portal-key``: the keys with which the clinic asks another portal for tokens."""

import argparse
import json
import sys

from bridges.fhir.tokens import public_keys
from clinic_app.app.compose import Clinic, require_administrator
from clinic_app.app.context import Context
from clinic_app.app.portal_keys import key_files, new_key, retire, signing_keys
from clinic_app.model.errors import UseFault

DESCRIPTION = (
    "Keys for SMART Backend Services: make one, give its public half to the portal, retire the one before it."
)
EXAMPLE = "commonground portal-key new && commonground portal-key jwks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument(
        "what",
        choices=("new", "list", "jwks", "retire"),
        help="make a key, used from the next start of the bridge on; list them, the one in use first; print "
        "the public halves for the portal's registration; remove one that the portal no longer needs",
    )
    parser.add_argument("name", nargs="?", help="retire: its name, from the list")
    parser.add_argument("--rsa", action="store_true", help="new: RSA, for servers that take only RS384")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Do it; administrators only."""
    if (arguments.what == "retire") != bool(arguments.name) or (arguments.rsa and arguments.what != "new"):
        raise UseFault("USE", "Only retire takes a name, and only new --rsa", "See --help.")
    with Clinic(context) as clinic:
        require_administrator(clinic.actor)
        home = clinic.home
        match arguments.what:
            case "jwks":
                sys.stdout.write(json.dumps(public_keys(signing_keys(home, clinic.secrets)), indent=1) + "\n")
            case "list":
                sys.stdout.write("".join(f"{file.name}\n" for file in key_files(home)))
            case "new":
                made = new_key(home, clinic.secrets, clinic.now(), arguments.rsa)
                sys.stdout.write(f"{made.name}\n")
            case _:
                retire(home, arguments.name)
    return 0
