"""Paths of fields in the catalogue, and how they are shown and typed in a filter. Pure, without Django.

A path is the names of fields from the outside in; a list shares the path of its items. In place of a name that is data,
such as an ID or a time, it has ANY.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from monitoring.decode.characters import printable, safe_text
from monitoring.filters.conditions import Field

Part = str | None
Path = tuple[Part, ...]
ANY: Part = None
MOST_NAMES = 10
LONGEST_NAME = 80
LONGEST_PATH = 200
ANY_SHOWN = "*"
# Names that identify a thing or a moment: UUIDs, long numbers and hex, times, MAC addresses, mail addresses.
_DATA = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-.*|\d{6,}|\d{4}-\d\d-\d\d.*|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
    r"|(?=[a-f]*\d)[0-9a-f]{12,}|[^@\s]+@[^@\s]+",
    re.IGNORECASE | re.DOTALL,
)


def part_of(name: object) -> Part:
    """Return the part of a path for a name as it was sent, or ANY for one that is data or too long."""
    if not isinstance(name, str) or not name or len(name) > LONGEST_NAME:
        return ANY
    return _part(name)


def path_text(path: Path) -> str:
    """Return a path as people read it: as a filter has it, with `*` for any name, and nothing that acts on a page."""
    text = ".".join(ANY_SHOWN if part is None else _name(part, is_first=not place) for place, part in enumerate(path))
    return safe_text(text)


def filter_of(path: Path) -> str:
    """Return the filter that finds records with the field, "" where the grammar cannot name it."""
    names = [part for part in path if part is not None]
    return f"{Field(tuple(names))} exists" if len(names) == len(path) else ""


def is_value_shown(path: Path, allowed: Collection[str]) -> bool:
    """Return whether those who see records masked see the value at a path of names."""
    return ".".join(map(str, path)) in allowed and is_shown(path, allowed)


def is_shown(path: Path, allowed: Collection[str]) -> bool:
    """Return whether those who see records masked see this name: the field is allowed, or one inside it is.

    As in `masking`: a name without an unambiguous path is never shown, nor a number, which can be a place in a list.
    """
    if not all(part is not None and "." not in part and not part.isdecimal() for part in path):
        return False
    dotted = ".".join(map(str, path))
    return any(field == dotted or field.startswith(f"{dotted}.") for field in allowed)


def from_json(raw: Sequence[object]) -> Path:
    """Return the path that JSON has as a list; raises ValueError on anything else."""
    parts = tuple(part for part in raw if part is None or isinstance(part, str))
    if not raw or len(parts) != len(raw) or len(raw) > MOST_NAMES:
        raise ValueError("not a path")
    return parts


@lru_cache(maxsize=2048)
def _part(name: str) -> Part:
    # PostgreSQL's JSON has neither NUL nor halves of surrogate pairs.
    return ANY if _DATA.fullmatch(name) else printable(name).replace("\0", "␀")


def _name(name: str, *, is_first: bool) -> str:
    shown = str(Field((name,))) if is_first else str(Field(("a", name)))[2:]
    return "`*`" if name == ANY_SHOWN else shown
