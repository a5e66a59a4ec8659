"""Packages of Node.js that some tests talk to, because they are not ours: pinned, and kept in ``build/``."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "foreign"


def installed(packages: Mapping[str, str]) -> bool:
    """Whether all of these are there in these versions."""
    return all(_version(name) == version for name, version in packages.items())


def install(packages: Mapping[str, str]) -> bool:
    """Get what is missing from the public registry; whether all is there now, and Node.js too."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    if not installed(packages):
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n', "utf-8")
        wanted = [f"{name}@{version}" for name, version in packages.items()]
        quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        command = ["npm", "install", *quiet, "--prefix", str(FOLDER), *wanted]
        subprocess.run(command, check=False, timeout=300)
    return installed(packages)


def _version(name: str) -> str:
    file = FOLDER / "node_modules" / name / "package.json"
    return str(json.loads(file.read_text("utf-8"))["version"]) if file.is_file() else ""
