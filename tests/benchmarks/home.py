"""New homes for benchmarks, made by the program's own command."""

import subprocess
import sys
from pathlib import Path


def new_home(home: Path, key_file: Path) -> None:
    """Run ``init`` with a key file."""
    command = [
        sys.executable,
        "-m",
        "clinic_app.app",
        "init",
        "--home",
        str(home),
        "--key-file",
        str(key_file),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
