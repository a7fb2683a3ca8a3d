"""A pair or a row that is typed on a line, as JSON where its plain form would not be read back as it was."""

import json
from collections.abc import Mapping
from typing import Any


def written(value: Mapping[str, Any]) -> str:
    """Return an object on one line; what cannot be seen in a line is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def read(line: str) -> dict[str, Any] | None:
    """Return the object that a line is, or None for a line of another kind."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def pair(line: str) -> tuple[str, str] | None:
    """Return the name and the value of a line that is an object of one text, or None."""
    [*found] = (read(line) or {}).items()
    if len(found) != 1 or not isinstance(found[0][1], str):
        return None
    return found[0]
