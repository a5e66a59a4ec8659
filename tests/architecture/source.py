"""The tree as the architecture tests see it: tracked files, modules and their imports."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Files under version control that exist, relative to the root; every file where there is no git."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True, timeout=60
    )
    return tuple(Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file named relative to the root."""
    return ast.parse((ROOT / path).read_text("utf-8"), str(path))


def modules(*folders: str) -> tuple[Path, ...]:
    """Tracked Python files under these folders, ``__init__`` included."""
    return tuple(path for path in tracked() if path.suffix == ".py" and path.as_posix().startswith(folders))


def dotted(path: Path) -> str:
    """The module name of a file."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Modules that a file imports, inside functions too; ``from a import b`` gives ``a`` and ``a.b``."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])
