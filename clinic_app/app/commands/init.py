"""``commonground init``: create the home."""

import argparse
import getpass
import secrets as random
import sys
from pathlib import Path

from clinic_app.app.context import Context
from clinic_app.app.output import print_json
from clinic_app.app.portal_store import create_portal_store
from clinic_app.app.profiles import OWN, OWN_TEMPLATE
from clinic_app.model.errors import EnvironmentFault, UseFault
from clinic_app.ports.secrets import Secrets
from clinic_app.services.access import FIRST_ROLES, add_first_account
from clinic_app.store.intake import create_intake
from clinic_app.store.sql import create_store
from clinic_app.system.atomic import write_atomically
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from clinic_app.system.secrets import KeyFile, open_secrets
from clinic_app.system.settings import KeySettings, filled_template

DESCRIPTION = "Create the home: settings with every key commented, encrypted databases, and their keys."
EXAMPLE = "commonground init --home ./clinic --key-file ./clinic.key"
KEYS = ("main", "intake", "portal")
PORTAL_TOKEN = "portal-token"
UNFINISHED = "init.unfinished"
"""Mark of a home whose making has begun and not ended."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the keys go, and what the settings begin with."""
    parser.add_argument("--key-file", type=Path, metavar="PATH", help="keep the keys in this file (mode 0600) instead of the OS key store")  # fmt: skip
    parser.add_argument("--name", help="the clinic's name")
    parser.add_argument("--language", choices=("en", "es"), help="language of the screens")
    parser.add_argument("--demonstration", action="store_true", help="mark every screen as a demonstration")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Keys first, then databases; the settings file last: it makes the folder a home, so a broken start can be repeated."""
    home = context.home
    home.create()
    chosen = _settings(arguments)
    secrets = _secrets(context, arguments.key_file)
    for name in KEYS:
        if not secrets.has(name):
            secrets.put(name, random.token_bytes(32))
    account = getpass.getuser()
    _begin(home)
    store = create_store(home.main_db, secrets.get("main"))
    add_first_account(store, account)
    store.close()
    create_intake(home.intake_db, secrets.get("intake"))
    token = create_portal_store(home.portal_db, secrets.get("portal"), context.clock.now())
    secrets.put(PORTAL_TOKEN, token.encode("ascii"))
    profile = home.profiles / f"{OWN}.toml"
    if not profile.exists():
        write_atomically(profile, Resources().data(OWN_TEMPLATE))
    write_atomically(home.settings, filled_template(chosen).encode("utf-8"))
    (home.root / UNFINISHED).unlink()
    if arguments.json:
        print_json({"home": str(home.root), "account": account, "roles": list(FIRST_ROLES)})
    else:
        sys.stdout.write(
            f"The home is {home.root}. {account} is its first clinician and administrator.\n"
            "Next: `commonground bridge` receives, `commonground` opens the workstation, `commonground doctor` checks.\n"
        )
    return 0


def _settings(arguments: argparse.Namespace) -> dict[tuple[str, str], object]:
    chosen: dict[tuple[str, str], object] = {("bridge", "profile"): OWN}
    if arguments.name:
        chosen["clinic", "name"] = arguments.name
    if arguments.language:
        chosen["clinic", "language"] = arguments.language
    if arguments.demonstration:
        chosen["clinic", "demonstration"] = True
    if arguments.key_file:
        chosen["keys", "key_file"] = str(arguments.key_file.expanduser().absolute())
    filled_template(chosen)
    return chosen


def _secrets(context: Context, key_file: Path | None) -> Secrets:
    if key_file is None:
        return open_secrets(context.home, KeySettings())
    path = key_file.expanduser().absolute()
    if path.exists() and path.stat().st_size and not KeyFile(path).has(KEYS[0]):
        raise UseFault("KEY-FILE-USED", f"{path} is there and holds no keys of ours", "Name a file that does not exist.")
    file = KeyFile(path)
    if not path.exists():
        file.create()
    return file


def _begin(home: Home) -> None:
    """Clear what an interrupted `init` left, known by its mark; databases without that mark are never touched."""
    mark = home.root / UNFINISHED
    databases = [path for path in (home.main_db, home.intake_db, home.portal_db) if path.exists()]
    if databases and not mark.exists():
        raise EnvironmentFault(
            "HOME-EXISTS",
            f"{home.root} holds databases but no commonground.toml",
            "They were left as they are. Restore commonground.toml from a backup, or name another folder with --home.",
        )
    write_atomically(mark, b"")
    for database in databases:
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()
