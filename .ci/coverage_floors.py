"""Coverage floors per package, read from coverage.json (statements and branches together)."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

WHOLE = 100.0
ELSEWHERE = 90.0
# A file belongs to the longest prefix that fits it. bridges: what does no I/O is pure and covered whole.
FLOORS: Mapping[str, float] = {
    "clinic_app/": ELSEWHERE,
    "clinic_app/model/": WHOLE,
    "clinic_app/calc/": WHOLE,
    "clinic_app/picture/": WHOLE,
    "clinic_app/learning/": WHOLE,
    "clinic_app/app/": ELSEWHERE,
    "clinic_app/services/": ELSEWHERE,
    "clinic_app/store/": ELSEWHERE,
    "clinic_app/system/": ELSEWHERE,
    "clinic_app/viewmodels/": ELSEWHERE,
    "clinic_app/ui/": ELSEWHERE,
    "bridges/": WHOLE,
    "bridges/mllp/server.py": ELSEWHERE,
    "bridges/mllp/client.py": ELSEWHERE,
    "bridges/mllp/courier.py": ELSEWHERE,
    "bridges/mllp/door.py": ELSEWHERE,
    "bridges/hl7/conformance.py": ELSEWHERE,
    "bridges/portal/": ELSEWHERE,
}
Counts = tuple[int, int]


def prefix_of(file: str) -> str | None:
    """The longest prefix with a floor of its own; None for a file outside all rooms."""
    fitting = [prefix for prefix in FLOORS if file.startswith(prefix)]
    return max(fitting, key=len, default=None)


def measured(files: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Counts]:
    """Covered and all points per prefix."""
    counts: dict[str, Counts] = defaultdict(lambda: (0, 0))
    for file, report in files:
        prefix = prefix_of(file.replace("\\", "/"))
        if prefix is not None:
            covered, total = counts[prefix]
            summary = report["summary"]
            counts[prefix] = (
                covered + summary["covered_lines"] + summary["covered_branches"],
                total + summary["num_statements"] + summary["num_branches"],
            )
    return dict(counts)


def below(counts: Mapping[str, Counts]) -> list[str]:
    """One line per room that stands under its floor."""
    return [
        f"{prefix}: {100 * covered / total:.2f} % < {FLOORS[prefix]:.0f} %"
        for prefix, (covered, total) in sorted(counts.items())
        if total and 100 * covered / total < FLOORS[prefix]
    ]


def print_gaps(name: str, file: Mapping[str, Any], failures: list[str]) -> None:
    """Name the lines that a failing room's file leaves uncovered."""
    prefix = prefix_of(name)
    percent = file["summary"]["percent_covered"]
    if (
        prefix is not None
        and percent < FLOORS[prefix]
        and any(line.startswith(f"{prefix}:") for line in failures)
    ):
        print(
            f"  {name}: {percent:.1f} %, lines {file['missing_lines']}, branches {file['missing_branches']}"
        )


def main(arguments: list[str]) -> int:
    """0 where every room stands on its floor; 2 where nothing was measured."""
    report = Path(arguments[0])
    if not report.is_file():
        print(f"{report} is not there: run `make test` first")
        return 2
    files = json.loads(report.read_text("utf-8"))["files"]
    counts = measured(files.items())
    for prefix, (covered, total) in sorted(counts.items()):
        if total:
            print(f"{prefix:32} {100 * covered / total:6.2f} %  (floor {FLOORS[prefix]:.0f})")
    failures = below(counts)
    for failure in failures:
        print(f"BELOW THE FLOOR {failure}")
    for name, file in sorted(files.items()):
        print_gaps(name.replace("\\", "/"), file, failures)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
