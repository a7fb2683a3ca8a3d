"""Objects whose names are data, such as `{"Room 1": …, "Room 2": …}`: their names share one path, `rooms.*`. Pure.

A name that is data is in few records, and there are many of them. So of an object with more than 50 names those are
folded that fewer than half of its records have had since they were seen first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from monitoring.field_catalogue.kind_fields import KindFields, SeenField
from monitoring.field_catalogue.paths import ANY, Path

MOST_SIBLINGS = 50


def placed(path: Path, kind: KindFields) -> Path:
    """Return the path under which a field is kept: new names of a folded object are any name."""
    if not kind.folded:
        return path
    found: Path = ()
    for part in path:
        inner = (*found, part)
        found = (*found, ANY) if found in kind.folded and inner not in kind.fields else inner
    return found


def fold(kind: KindFields) -> bool:
    """Fold every object with too many names; return whether there was one."""
    rare = [path for parent, names in _children(kind).items() for path in _rare(parent, names, kind)]
    if not rare:
        return False
    kind.folded.update(path[:-1] for path in rare)
    fields, kind.fields = kind.fields, {}
    for path in sorted(fields.keys() - set(rare), key=len):  # an object is placed before what is inside it
        if not _is_inside(path, rare):
            kind.fields[path] = fields[path]
    for path in sorted(fields.keys() - kind.fields.keys(), key=len):
        add(kind, placed(path, kind), fields[path])
    forget_gone(kind)
    return True


def forget_gone(kind: KindFields) -> None:
    """Forget that objects were folded that are no fields any more; so there are not more of them than fields."""
    kind.folded = {path for path in kind.folded if not path or path in kind.fields}


def add(kind: KindFields, path: Path, seen: SeenField) -> None:
    """Add what was seen of a field to a kind that has it, or has room for it."""
    before = kind.fields.setdefault(path, seen)
    if before is seen:
        return
    before.bits |= seen.bits
    before.count = min(kind.weight, before.count + seen.count)
    before.first_at, before.last_at = min(before.first_at, seen.first_at), max(before.last_at, seen.last_at)
    before.in_window = min(kind.window_records, before.in_window + seen.in_window)
    before.is_known = before.is_known or seen.is_known


def holders(path: Path, kind: KindFields) -> int:
    """Return how many records have the object at a path; for () all have it."""
    return kind.fields[path].count if path in kind.fields else kind.weight


def _children(kind: KindFields) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = defaultdict(list)
    for path in kind.fields:
        if path[-1] is not ANY:
            found[path[:-1]].append(path)
    return found


def _rare(parent: Path, names: list[Path], kind: KindFields) -> list[Path]:
    if len(names) <= MOST_SIBLINGS and parent not in kind.folded:
        return []
    records = holders(parent, kind)
    return [path for path in names if 2 * kind.fields[path].count < records - kind.fields[path].born]


def _is_inside(path: Path, parents: Iterable[Path]) -> bool:
    return any(path[: len(parent)] == parent for parent in parents)
