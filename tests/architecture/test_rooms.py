"""The rooms keep to their imports (DESIGN, "Rooms" and "Never")."""

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, dotted, imported, modules

OURS = ("clinic_app/", "bridges/", "resources/")
DEMO_NEVER = (
    "bridges.hl7",
    "bridges.mllp",
    "bridges.fhir",
    "clinic_app.store",
    "clinic_app.services",
    "clinic_app.picture",
)


def inside(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def test_the_contracts_hold() -> None:
    """The same contracts as ``lint-imports`` on the command line, in a clean process."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", modules("clinic_app/model/"), ids=str)
def test_the_model_imports_the_standard_library_only(path: Path) -> None:
    allowed = sys.stdlib_module_names | {"clinic_app"}
    assert {name.partition(".")[0] for name in imported(path)} <= allowed
    assert all(inside(name, "clinic_app.model") for name in imported(path) if inside(name, "clinic_app"))


@pytest.mark.parametrize("path", modules("clinic_app/app/demo"), ids=str)
def test_the_demonstration_sends_and_never_translates(path: Path) -> None:
    wrong = [name for name in imported(path) for room in DEMO_NEVER if inside(name, room)]
    assert wrong == []


def test_no_import_cycles() -> None:
    """Modules import each other in one direction; a package's ``__init__`` counts as a module."""
    paths = modules(*OURS)
    names = {dotted(path) for path in paths}
    graph = {
        dotted(path): {name for name in imported(path) if name in names and name != dotted(path)}
        for path in paths
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_nothing_outside_tests_imports_tests() -> None:
    wrong = [
        (str(path), name)
        for path in modules(*OURS, "main.py")
        for name in imported(path)
        if inside(name, "tests")
    ]
    assert wrong == []
