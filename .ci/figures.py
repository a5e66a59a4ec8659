"""Figures that show drift (STYLE): lengths of functions, classes and files, docstrings, tests beside source.

A figure beyond its mark is printed with its place. Only the hard marks fail; the rest is for a reader.
"""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 60
LONGEST_CLASS = 250
MOST_METHODS = 20
LONGEST_FILE = 450
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def sources(*folders: str) -> list[Path]:
    """Tracked Python files under these folders."""
    done = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [
        ROOT / name for name in done.stdout.split("\0") if name.endswith(".py") and (ROOT / name).is_file()
    ]


def length(node: Definition) -> int:
    """Lines of a definition without its docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def definitions(path: Path) -> Iterator[Definition]:
    """Functions, methods and classes of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Definition):
            yield node


def beyond(path: Path) -> Iterator[str]:
    """One line per definition, or the file itself, beyond a hard mark."""
    name = path.relative_to(ROOT).as_posix()
    lines = path.read_text("utf-8").count("\n")
    if lines > LONGEST_FILE:
        yield f"{name}: {lines} lines"
    for node in definitions(path):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
            if length(node) > LONGEST_CLASS or methods > MOST_METHODS:
                yield f"{name}:{node.lineno}: class {node.name}: {length(node)} lines, {methods} methods"
        elif length(node) > LONGEST_FUNCTION:
            yield f"{name}:{node.lineno}: {node.name}: {length(node)} lines"


def lines_of(paths: list[Path]) -> int:
    """Lines of all these files."""
    return sum(path.read_text("utf-8").count("\n") for path in paths)


def main() -> int:
    """1 where a hard mark is passed."""
    source, tests = sources("clinic_app", "bridges"), sources("tests")
    lengths = sorted(
        length(node) for path in source for node in definitions(path) if not isinstance(node, ast.ClassDef)
    )
    files = [path.read_text("utf-8").count("\n") for path in source if path.name != "__init__.py"]
    over = sum(each > 50 for each in lengths)
    print(f"functions {len(lengths)}: median {statistics.median(lengths):g} (mark 8), ", end="")
    print(
        f"90th {lengths[int(len(lengths) * 0.9)]} (22), over 50 lines {100 * over / len(lengths):.2f} % (0.5)"
    )
    print(f"files {len(files)}: median {statistics.median(files):g} (130), longest {max(files)} (450)")
    print(f"test lines per source line {lines_of(tests) / lines_of(source):.2f} (1.0)")
    found = [line for path in [*source, *tests] for line in beyond(path)]
    for line in found:
        print(f"BEYOND THE MARK {line}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
