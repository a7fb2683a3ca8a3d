"""Which fields appeared or vanished: each complete window of samples is compared with those before it. Pure: no clock.

A window is complete after a quarter of an hour and 100 records, however long that takes: a stream is read only while
someone watches it. So no field vanishes because no one watches or nothing arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitoring.field_catalogue.kind_fields import KindFields, SeenField
from monitoring.field_catalogue.paths import Path
from monitoring.field_model import ChangeOfField

LEAST_SECONDS, LEAST_RECORDS = 15 * 60, 100
LEARNED_WINDOWS = 4  # nothing is reported before: everything is new at first
PRESENT, STEADY = 0.05, 0.95
STEADY_WINDOWS, MOST_STEADY = 2, 4
MOST_CHANGES = 50  # of one window


class SeenChange(NamedTuple):
    """A field, and what became of it."""

    path: Path
    change: ChangeOfField


def close_window(kind: KindFields) -> list[SeenChange]:
    """Begin the next window if this one is complete; return the changes that it shows, the outermost of each object."""
    if kind.window_records < LEAST_RECORDS or kind.last_at - kind.window_at < LEAST_SECONDS:
        return []
    is_learned = kind.windows >= LEARNED_WINDOWS
    found = {
        path: change
        for path, seen in kind.fields.items()
        if (change := _change(seen, kind, is_learned=is_learned)) is not None
    }
    kind.windows += 1
    kind.window_at, kind.window_records, kind.window_is_cut = kind.last_at, 0, False
    return list(_outermost(found))[:MOST_CHANGES]


def _change(seen: SeenField, kind: KindFields, *, is_learned: bool) -> ChangeOfField | None:
    share, seen.in_window = seen.in_window / kind.window_records, 0
    was_known, was_steady = seen.is_known, seen.steady >= STEADY_WINDOWS
    # One window in which a field begins or ends is between the steady ones, so it takes one step back only.
    seen.steady = min(MOST_STEADY, seen.steady + 1) if share >= STEADY else max(0, seen.steady - 1)
    if share >= PRESENT:
        seen.is_known = True
        if seen.gone_at is not None:
            seen.gone_at = None
            return ChangeOfField.RETURNED
        return ChangeOfField.APPEARED if is_learned and not was_known else None
    seen.is_known = was_known or not is_learned
    if share == 0 and was_steady and seen.gone_at is None and is_learned and not kind.window_is_cut:
        seen.gone_at, seen.steady = kind.window_at, 0
        return ChangeOfField.VANISHED
    return None


def _outermost(found: dict[Path, ChangeOfField]) -> Iterable[SeenChange]:
    """Yield the changes without those inside an object that changed in the same way: they are one change."""
    for path in sorted(found, key=lambda path: (len(path), str(path))):
        change = found[path]
        if not any(found.get(path[:end]) is change for end in range(1, len(path))):
            yield SeenChange(path, change)
