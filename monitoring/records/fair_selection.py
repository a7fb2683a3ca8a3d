"""Which rows to list when there are too many: as many data records as possible, each with its newest rows. Pure."""

from collections.abc import Sequence
from itertools import islice, zip_longest
from typing import TypeVar

from monitoring.records.record_row import RecordRow

Item = TypeVar("Item")


def newest_first(rows: Sequence[RecordRow]) -> list[RecordRow]:
    """Return the rows by the time of their arrival, newest first; rows of one data record stay in their order."""
    return sorted(rows, key=lambda row: row.arrived_at, reverse=True)


def fairly_selected(rows: Sequence[RecordRow], limit: int) -> list[RecordRow]:
    """Return at most `limit` of the rows, which are newest first, in the same order.

    Takes one row of every data record, then a second of each, and so on: an aggregate of a thousand records does not
    push the others out.
    """
    if len(rows) <= limit:
        return list(rows)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.data_record, []).append(place)
    in_turns = (place for places in zip_longest(*groups.values()) for place in places if place is not None)
    return [rows[place] for place in sorted(islice(in_turns, limit))]


def evenly_selected(items: Sequence[Item], limit: int) -> list[Item]:
    """Return at most `limit` of the items, evenly spread and in the same order; the last one is among them."""
    count = len(items)
    if count <= limit:
        return list(items)
    return [item for place, item in enumerate(items) if (place + 1) * limit // count > place * limit // count]
