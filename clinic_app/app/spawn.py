"""The command line by which one of our processes starts another (never forked: each starts clean)."""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent


def command_line(command: str, *words: str) -> list[str]:
    """Argument list that runs ``commonground COMMAND words…`` with this interpreter and its isolation."""
    isolated = ["-I"] if sys.flags.isolated else []
    return [sys.executable, *isolated, "-m", "clinic_app.app", command, *words]


def environment() -> dict[str, str]:
    """This process's environment, with the checkout on the module path where we run from one."""
    inherited = dict(os.environ)
    if not sys.flags.isolated and str(_ROOT) in sys.path:
        before = inherited.get("PYTHONPATH", "")
        if str(_ROOT) not in before.split(os.pathsep):
            inherited["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), before]))
    return inherited
