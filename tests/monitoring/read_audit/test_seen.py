"""What was seen is joined without loss: counts add up, and ranges contain every sequence number."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.read_audit.seen import MOST_SHARDS, Seen, note_of, seen_from_json, seen_in

BEGAN = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    shard_id: str
    sequence_number: str
    arrived_at: datetime


ROWS = st.lists(
    st.builds(
        lambda shard, number, second: Row(f"shardId-{shard:012d}", str(number), BEGAN + timedelta(seconds=second)),
        st.integers(0, 4),
        st.integers(0, 10**56),
        st.integers(0, 600),
    ),
    max_size=20,
)


def check(seen: Seen, rows: list[Row]) -> None:
    assert seen.records == len(rows)
    assert (seen.arrived_from, seen.arrived_until) == (min(r.arrived_at for r in rows), max(r.arrived_at for r in rows))
    for shard, (low, high) in seen.shards.items():
        numbers = [int(row.sequence_number) for row in rows if row.shard_id == shard]
        assert (int(low), int(high)) == (min(numbers), max(numbers))
    assert set(seen.shards) == {row.shard_id for row in rows}


@given(ROWS, ROWS)
def test_parts_say_the_same_as_the_whole(first: list[Row], second: list[Row]) -> None:
    parts = [seen for rows in (first, second) if (seen := seen_in(rows))]
    if len(parts) == 2:
        check(parts[0].with_more(parts[1]), first + second)
    for part in parts:
        assert seen_from_json(part.as_json()) == part


def test_no_rows_are_no_note() -> None:
    assert seen_in([]) is None
    assert note_of([]) is None


def test_shards_beyond_a_hundred_are_not_named_and_it_is_said() -> None:
    rows = [Row(f"shardId-{number:012d}", "1", BEGAN) for number in range(MOST_SHARDS + 5)]
    seen = seen_in(rows)
    assert seen is not None
    assert (len(seen.shards), seen.has_more_shards, seen.records) == (MOST_SHARDS, True, MOST_SHARDS + 5)
    joined = seen.with_more(seen)
    assert (len(joined.shards), joined.has_more_shards) == (MOST_SHARDS, True)
    half = seen_in(rows[:60])
    other = seen_in(rows[60:])
    assert half is not None
    assert other is not None
    assert (len(half.with_more(other).shards), half.with_more(other).has_more_shards) == (MOST_SHARDS, True)


@pytest.mark.parametrize("raw", [{}, {"records": "x"}, {"records": 1, "shards": [], "arrived": ["a", "b"]}])
def test_another_versions_note_is_refused(raw: dict) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        seen_from_json(raw)
