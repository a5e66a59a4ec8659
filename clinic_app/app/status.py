"""Status files by which running processes tell the others where they are."""

import json
from pathlib import Path


def read_status(path: Path) -> dict[str, object]:
    """What a role wrote of itself (addresses, pid …); empty where there is nothing readable."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
