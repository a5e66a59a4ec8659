"""What commands write to standard output: JSON for machines, aligned columns for people."""

import json
import sys
from collections.abc import Mapping, Sequence


def print_json(value: object) -> None:
    """Write JSON, never NaN; letters as they are where the stream takes all, else as JSON's escapes."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(value, ensure_ascii=not unicode, indent=2, allow_nan=False) + "\n")


def print_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Write rows in aligned columns; control characters from outside are shown escaped."""
    texts = [[plain(str(row[column])) for column in columns] for row in rows]
    widths = [
        max([len(column), *(len(text[index]) for text in texts)]) for index, column in enumerate(columns)
    ]
    for text in [list(columns), *texts]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(text, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def plain(text: str) -> str:
    """Text safe for a terminal: every control character is shown as its escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
