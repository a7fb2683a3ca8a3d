"""Which fields one record has: paths and types, and no value except that of the field that names the device kind.

Pure, without Django: the decoder processes run it, for a few records of each second. MOST_VALUES bounds its work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.field_catalogue.json_types import ARRAY, OBJECT, as_item, bit_of
from monitoring.field_catalogue.paths import LONGEST_PATH, MOST_NAMES, Path, from_json, part_of

MOST_VALUES = 2_000
MOST_PATHS = 200
MOST_ITEMS = 50  # of a list
LONGEST_KIND = 60
_LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Observation:
    """The fields of one record, each with the bits of its types.

    `kind` is the value of the field that names device kinds, where an admin chose one. `is_cut` is whether the record
    has more fields than were read, so that one that is missing here may be in it.
    """

    fields: tuple[tuple[Path, int], ...]
    kind: str | None = None
    is_cut: bool = False

    def as_json(self) -> list[Any]:
        """Return the observation as plain JSON."""
        return [self.fields, self.kind, self.is_cut]


def observed(value: object, kind_field: Sequence[str] = ()) -> Observation | None:
    """Return the fields of a decoded value; None where it has no structure."""
    if not isinstance(value, dict | list):
        return None
    found: dict[Path, int] = {}
    waiting: list[tuple[Path, object]] = [((), value)]
    left = MOST_VALUES
    while waiting:
        path, container = waiting.pop()
        is_list = isinstance(container, list)
        for name, item in _items(container):
            left -= 1
            inner = path if is_list else (*path, part_of(name))
            if left < 0 or (inner not in found and len(found) >= MOST_PATHS):
                return Observation(tuple(found.items()), _kind(value, kind_field), is_cut=True)
            bits = bit_of(item)
            if inner:
                found[inner] = found.get(inner, 0) | (as_item(bits) if is_list else bits)
            if bits & (OBJECT | ARRAY) and _may_go_on(inner):
                waiting.append((inner, item))
    return Observation(tuple(found.items()), _kind(value, kind_field))


def from_json_line(raw: Sequence[Any]) -> Observation:
    """Return the observation that `as_json` wrote; raises ValueError or TypeError on anything else."""
    fields, kind, is_cut = raw
    return Observation(tuple((from_json(path), int(bits)) for path, bits in fields), kind, bool(is_cut))


def _items(container: object) -> Iterable[tuple[object, object]]:
    if isinstance(container, dict):
        return container.items()
    return [(None, item) for item in container[:MOST_ITEMS]] if isinstance(container, list) else []


def _may_go_on(path: Path) -> bool:
    return len(path) < MOST_NAMES and sum(len(part or "") for part in path) < LONGEST_PATH


def _kind(value: object, kind_field: Sequence[str]) -> str | None:
    """Return the value at a path through objects, where it is a short text or a whole number."""
    if not kind_field:
        return None
    for name in kind_field:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        value = str(value)
    is_name = isinstance(value, str) and 0 < len(value) <= LONGEST_KIND and value.isprintable()
    return str(value) if is_name else None
