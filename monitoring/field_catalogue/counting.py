"""Counts the fields of a device kind: record by record in the tap, then added to what is stored. Pure: no clock.

Bounded by MOST_FIELDS, whatever is sent.
"""

from collections.abc import Mapping

from monitoring.field_catalogue import folding
from monitoring.field_catalogue.kind_fields import KindFields, SeenField
from monitoring.field_catalogue.observation import Observation
from monitoring.field_catalogue.paths import Path

MOST_FIELDS = 200
MOST_WEIGHT = 50_000


def observe(kind: KindFields, observation: Observation, now: int) -> None:
    """Count the fields of one record."""
    _count(kind, 1, now, is_cut=observation.is_cut)
    found: dict[Path, int] = {}
    for path, bits in observation.fields:
        inner = folding.placed(path, kind)
        found[inner] = found.get(inner, 0) | bits
    _add(kind, {path: SeenField(bits, 1, now, now, in_window=1) for path, bits in found.items()}, 1)


def merge(kind: KindFields, other: KindFields) -> None:
    """Add what was counted elsewhere since the last time."""
    _count(kind, other.records, other.last_at, is_cut=other.window_is_cut)
    kind.is_full = kind.is_full or other.is_full
    _add(kind, other.fields, other.weight)
    while kind.weight > MOST_WEIGHT:
        kind.weight //= 2
        for seen in kind.fields.values():
            seen.count, seen.born = seen.count // 2, seen.born // 2


def _count(kind: KindFields, records: int, now: int, *, is_cut: bool) -> None:
    kind.records += records
    kind.weight += records
    kind.window_records += records
    kind.window_at = kind.window_at or now
    kind.window_is_cut = kind.window_is_cut or is_cut
    kind.last_at = max(kind.last_at, now)


def _add(kind: KindFields, found: Mapping[Path, SeenField], records: int) -> None:
    is_full = False  # room is looked for once: that takes as long as there are fields
    for path, seen in found.items():
        if len(kind.fields) >= MOST_FIELDS and folding.placed(path, kind) not in kind.fields:
            is_full = is_full or not _has_room(kind)
            kind.is_full = kind.is_full or is_full
            if is_full:
                continue
        outer = path[:-1]
        seen.born = max(0, folding.holders(outer, kind) - (found[outer].count if outer in found else records))
        folding.add(kind, folding.placed(path, kind), seen)
    if kind.folded or len(kind.fields) > folding.MOST_SIBLINGS:
        folding.fold(kind)


def _has_room(kind: KindFields) -> bool:
    return folding.fold(kind) and len(kind.fields) < MOST_FIELDS
