"""Which shards are read for a time range."""

import pytest

from monitoring.shards.known_shard import KnownShard
from monitoring.time_ranges.shard_choice import BUSIEST, MOST, chosen_shards
from tests.monitoring.conftest import NOW
from tests.monitoring.shards.listed import shard_id

LISTED = [
    KnownShard(shard_id(number), number, number, usage=number / 20, closed_before=NOW if number == 9 else None)
    for number in range(12)
]


def test_without_a_choice_the_busiest_open_shards_are_read() -> None:
    found = chosen_shards("", LISTED)
    assert found.shards == tuple(map(shard_id, (7, 8, 10, 11))), "9 is closed"
    assert (len(found.shards), found.numbers, found.problem) == (BUSIEST, "7 8 10 11", None)
    assert chosen_shards("", []).shards == ()


@pytest.mark.parametrize("typed", ["9 1", "0009,0001", " shardId-000000000009\t1 1 "])
def test_shards_are_chosen_by_number_and_each_once(typed: str) -> None:
    found = chosen_shards(typed, LISTED)
    assert (found.shards, found.numbers, found.typed) == ((shard_id(9), shard_id(1)), "9 1", typed.strip())


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12", "range.unknown_shard"),
        ("<b>", "range.unknown_shard"),
        ("١", "range.unknown_shard"),
        ("-1", "range.unknown_shard"),
        ("1" * 300, "range.unknown_shard"),
        (" ".join(map(str, range(MOST + 1))), "range.too_many_shards"),
    ],
)
def test_what_cannot_be_shown_is_said(typed: str, code: str) -> None:
    found = chosen_shards(typed, LISTED)
    assert found.shards == ()
    assert found.problem is not None
    assert found.problem.code == code
