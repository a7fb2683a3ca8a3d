"""Paths of fields as people type them: `reading.celsius`, one on each line. Pure.

A path is the names of fields from the outside in, joined by dots. A list shares the path of its items, so
`samples.t` is `t` in each of `samples`; `samples[].t` is the same. A name that is empty or contains a dot has no path.
"""

import hashlib
from collections.abc import Collection

from portal.messages.message import Message

MOST_FIELDS = 100
LONGEST_PATH = 200
MOST_NAMES = 20
LONGEST_TEXT = MOST_FIELDS * (LONGEST_PATH + 2)
PARTITION_KEY = ".partition_key"  # no field has this path: its first name would be empty
_OF_LISTS = "[]"
_OF_MASK = "•"
_SHOWN = 40


class PathRejected(ValueError):
    """A line is no path, or there are too many; `message` says which and why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


def paths_in(text: str) -> list[str]:
    """Return the paths of a text, each once and in the order of the alphabet; raises PathRejected."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_FIELDS:
        raise PathRejected(Message("record_access.too_many_fields", limit=MOST_FIELDS))
    return sorted({_path(line, number) for number, line in lines})


def is_name(name: object) -> bool:
    """Return whether a field with this name can be a part of a path. Others are always masked."""
    return isinstance(name, str) and bool(name) and "." not in name


def version_of(allowed: Collection[str]) -> str:
    """Return what tells one list of allowed fields from another; "" for none, which allows nothing."""
    return f"{len(allowed)}:{hash_of(allowed)}" if allowed else ""


def hash_of(allowed: Collection[str]) -> str:
    """Return a short hash of a list of fields, the same in every process."""
    return hashlib.sha256("\n".join(sorted(allowed)).encode()).hexdigest()[:12]


def _path(line: str, number: int) -> str:
    names = [name.strip().removesuffix(_OF_LISTS) for name in line.split(".")]
    if len(line) > LONGEST_PATH or len(names) > MOST_NAMES:
        raise PathRejected(Message("record_access.path_too_long", line=number, limit=LONGEST_PATH, names=MOST_NAMES))
    if not all(name and name.isprintable() and _OF_MASK not in name and "[" not in name for name in names):
        raise PathRejected(Message("record_access.not_a_path", line=number, typed=line[:_SHOWN]))
    return ".".join(names)
