"""Habits that a linter does not enforce by itself (STYLE)."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, modules, parsed, tracked

OURS = ("clinic_app/", "bridges/", "main.py")
# Thread and process boundaries, where any exception must become a message instead of a silent end.
BROAD_ALLOWED = 3
BROAD = ("Exception", "BaseException")
TESTED_ROOMS = (
    "clinic_app/model/",
    "clinic_app/calc/",
    "clinic_app/picture/",
    "clinic_app/learning/",
    "clinic_app/services/",
    "bridges/",
)


def broad_handlers(tree: ast.Module) -> list[int]:
    """Lines of ``except:``, ``except Exception`` and ``except BaseException``, in tuples too.

    A handler that ends by raising the same again swallows nothing: it tidies up like a ``finally``.
    """
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = [kind.id if isinstance(kind, ast.Name) else "" for kind in kinds]
            last = node.body[-1]
            again = isinstance(last, ast.Raise) and last.exc is None
            if not again and (node.type is None or any(name in BROAD for name in names)):
                lines.append(node.lineno)
    return lines


def test_broad_handlers_are_found() -> None:
    tree = ast.parse("try: pass\nexcept (ValueError, Exception): pass\ntry: pass\nexcept ValueError: pass")
    assert broad_handlers(tree) == [2]
    assert broad_handlers(ast.parse("try: pass\nexcept: pass")) == [2]
    assert broad_handlers(ast.parse("try: pass\nexcept Exception:\n  x = 1\n  raise")) == []


def test_broad_excepts_stand_at_few_boundaries() -> None:
    found = [f"{path}:{line}" for path in modules(*OURS) for line in broad_handlers(parsed(path))]
    assert len(found) <= BROAD_ALLOWED, found


def test_no_global_statement() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in modules(*OURS, "tests/", ".ci/")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Global)
    ]
    assert found == []


def has_code(path: Path) -> bool:
    """Whether a module holds more than its docstring."""
    return any(not isinstance(node, ast.Expr) for node in parsed(path).body)


@pytest.mark.parametrize("path", modules(*TESTED_ROOMS), ids=str)
def test_each_module_has_a_test_module_of_its_name(path: Path) -> None:
    if path.name == "__init__.py" or not has_code(path):
        return
    places = (Path("tests/unit", path.parent), Path("tests/wire"))
    assert any((ROOT / place / f"test_{path.name}").is_file() for place in places), f"no test_{path.name}"


def bare_sleeps(path: Path) -> list[int]:
    """Lines that call ``time.sleep`` outside a loop and without a comment that says why."""
    tree = parsed(path)
    looped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.While | ast.For)
        for inner in ast.walk(node)
    }
    lines = (ROOT / path).read_text("utf-8").split("\n")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in looped]
    return [
        call.lineno
        for call in calls
        if ast.unparse(call.func) in ("time.sleep", "sleep") and "#" not in lines[call.lineno - 1]
    ]


def test_no_test_is_decided_by_a_sleep() -> None:
    """Waiting for something in a loop is well; sleeping and hoping is not, unless the line says why."""
    assert [f"{path}:{line}" for path in modules("tests/") for line in bare_sleeps(path)] == []


def test_no_test_patches() -> None:
    """Clock, secrets, transport and store are passed in, so nothing has to be patched."""
    found = [
        f"{path}:{node.lineno}"
        for path in modules("tests/")
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.alias) and node.name.startswith("unittest.mock"))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest.mock"))
        or (
            isinstance(node, ast.Attribute)
            and node.attr == "setattr"
            and ast.unparse(node.value) == "monkeypatch"
        )
    ]
    assert found == []


def test_every_room_has_a_docstring() -> None:
    found = [
        str(path) for path in tracked() if path.name == "__init__.py" and not ast.get_docstring(parsed(path))
    ]
    assert found == []
