"""``commonground init``: create the home."""

import argparse
import secrets as random
import sys
from pathlib import Path

from clinic_app.app.account import this_account
from clinic_app.app.context import Context
from clinic_app.app.output import print_json
from clinic_app.app.portal_store import create_portal_store
from clinic_app.app.profiles import OWN, OWN_TEMPLATE
from clinic_app.app.values import read_file, read_name
from clinic_app.model.errors import EnvironmentFault, UseFault
from clinic_app.ports.secrets import Secrets
from clinic_app.services.access import FIRST_ROLES, add_first_account
from clinic_app.store.intake import create_intake
from clinic_app.store.sql import create_store
from clinic_app.system.atomic import write_atomically
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from clinic_app.system.secrets import KeyFile, open_secrets
from clinic_app.system.settings import KeySettings, filled_template

DESCRIPTION = "Create the home: settings with every key commented, encrypted databases, and their keys."
EXAMPLE = "commonground init --home ./clinic --key-file ./clinic.key"
KEYS = ("main", "intake", "portal")
PORTAL_TOKEN = "portal-token"
UNFINISHED = "init.unfinished"
"""Mark of a home whose making has begun and not ended; it names the key file."""
_BEGUN = frozenset({"run", "logs", "profiles", "home.id"})
"""What stands in the folder before the mark does."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the keys go, and what the settings begin with."""
    parser.add_argument(
        "--key-file",
        type=read_file,
        metavar="PATH",
        help="keep the keys in this file (mode 0600) instead of the OS key store",
    )
    parser.add_argument("--name", type=read_name, help="the clinic's name")
    parser.add_argument("--language", choices=("en", "es"), help="language of the screens")
    parser.add_argument("--demonstration", action="store_true", help="mark every screen as a demonstration")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Settings last: they make the folder a home, so an interrupted start can be repeated."""
    home, account = context.home, this_account()
    settings = _settings(arguments)
    _refuse_foreign(home)
    home.create()
    with RoleLock(home, "init"):
        home.create()  # another `init` may have made it meanwhile
        _make(context, arguments.key_file, settings, account)
    if arguments.json:
        print_json({"home": str(home.root), "account": account, "roles": list(FIRST_ROLES)})
    else:
        sys.stdout.write(
            f"The home is {home.root}. {account} is its first clinician and administrator.\n"
            "Next: `commonground bridge` receives, `commonground` opens the workstation, "
            "`commonground doctor` checks.\n"
        )
    return 0


def _make(context: Context, key_file: Path | None, settings: str, account: str) -> None:
    home = context.home
    secrets = _secrets(home, key_file, begun_with=_begin(home, key_file))
    for name in KEYS:
        if not secrets.has(name):
            secrets.put(name, random.token_bytes(32))
    _make_databases(context, secrets, account)
    profile = home.profiles / f"{OWN}.toml"
    if not profile.exists():
        write_atomically(profile, Resources().data(OWN_TEMPLATE))
    write_atomically(home.settings, settings.encode("utf-8"))
    (home.root / UNFINISHED).unlink()


def _settings(arguments: argparse.Namespace) -> str:
    """The text of the settings file."""
    chosen: dict[tuple[str, str], object] = {("bridge", "profile"): OWN}
    if arguments.name:
        chosen["clinic", "name"] = arguments.name
    if arguments.language:
        chosen["clinic", "language"] = arguments.language
    if arguments.demonstration:
        chosen["clinic", "demonstration"] = True
    if arguments.key_file:
        chosen["keys", "key_file"] = str(arguments.key_file)
    try:
        return filled_template(chosen)
    except EnvironmentFault as fault:
        raise UseFault("USE", f"A value cannot be kept: {fault.what}", "Choose another one.") from fault


def _refuse_foreign(home: Home) -> None:
    """A home is made in an empty folder, or where an interrupted `init` began: its rights are narrowed."""
    if home.exists() or not home.root.is_dir() or (home.root / UNFINISHED).exists():
        return
    if any(path.exists() for path in _databases(home)):
        raise EnvironmentFault(
            "HOME-EXISTS",
            f"{home.root} holds databases but no commonground.toml",
            "They were left as they are. Restore commonground.toml from a backup, or name another folder "
            "with --home.",
        )
    if {path.name for path in home.root.iterdir()} - _BEGUN:
        raise UseFault(
            "HOME-NOT-EMPTY",
            f"{home.root} holds other things, and a home is a folder of its own",
            "Name a folder that is empty, or is not there yet, with --home.",
        )


def _begin(home: Home, key_file: Path | None) -> str | None:
    """Mark the home as unfinished, and clear what an interrupted `init` left; the key file that one named."""
    mark, key = home.root / UNFINISHED, str(key_file or "")
    named = mark.read_text("utf-8") if mark.exists() else None
    if named is None:
        write_atomically(mark, key.encode("utf-8"))
    for database in _databases(home):
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()
    return named


def _secrets(home: Home, key_file: Path | None, begun_with: str | None) -> Secrets:
    """The place for the keys. A key file that is there is used only where this same `init` made it."""
    if key_file is None:
        return open_secrets(home, KeySettings())
    file = KeyFile(key_file)
    if not key_file.exists():
        file.create()
    elif begun_with != str(key_file):
        raise UseFault(
            "KEY-FILE-USED",
            f"{key_file} is there already: it may hold the only keys of another home",
            "It was left as it is. Name a file that does not exist.",
        )
    write_atomically(home.root / UNFINISHED, str(key_file).encode("utf-8"))
    return file


def _make_databases(context: Context, secrets: Secrets, account: str) -> None:
    home = context.home
    store = create_store(home.main_db, secrets.get("main"))
    add_first_account(store, account)
    store.close()
    create_intake(home.intake_db, secrets.get("intake"))
    token = create_portal_store(home.portal_db, secrets.get("portal"), context.clock.now())
    secrets.put(PORTAL_TOKEN, token.encode("ascii"))


def _databases(home: Home) -> tuple[Path, ...]:
    return home.main_db, home.intake_db, home.portal_db
