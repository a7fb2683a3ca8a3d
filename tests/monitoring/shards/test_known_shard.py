"""What is known of shards after each list of AWS."""

import json
from datetime import UTC, datetime, timedelta

from monitoring.shards.known_shard import KnownShard, merged
from monitoring.shards.lineage import descents
from tests.monitoring.shards.listed import RESHARDED, shard, shard_id

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_shard_was_closed_between_two_lists_and_its_records_expire_after_the_later() -> None:
    known = merged([], [shard(0, 0, 8)], {}, now=NOON)
    listed = [shard(0, 0, 8, is_open=False), shard(1, 0, 4, 0), shard(2, 4, 8, 0)]
    known = merged(known, listed, {}, now=NOON + A_MINUTE)
    known = merged(known, listed, {}, now=NOON + 2 * A_MINUTE)
    closed = known[0]
    assert (closed.is_open, closed.open_at, closed.closed_before) == (False, NOON, NOON + A_MINUTE)
    assert closed.readable_until(A_DAY) == NOON + A_MINUTE + A_DAY
    assert [each.readable_until(A_DAY) for each in known[1:]] == [None, None]
    assert [each.open_at for each in known[1:]] == [NOON + 2 * A_MINUTE] * 2


def test_a_shard_that_was_closed_before_the_first_list_was_never_seen_open() -> None:
    [known] = merged([], [shard(0, 0, 8, is_open=False)], {}, now=NOON)
    assert (known.open_at, known.closed_before) == (None, NOON)


def test_what_aws_lists_no_more_has_expired_and_what_is_listed_anew_is_another_streams() -> None:
    known = merged([], RESHARDED, {}, now=NOON)
    known = merged(known, RESHARDED[-1:], {}, now=NOON + A_DAY)
    assert [each.shard_id for each in known] == [shard_id(5)]
    [anew] = merged(merged([], RESHARDED[:1], {}, now=NOON), [shard(0, 0, 8)], {}, now=NOON + A_DAY)
    assert (anew.is_open, anew.open_at) == (True, NOON + A_DAY)


def test_use_is_that_of_the_newest_metrics_or_unknown() -> None:
    known = merged([], [shard(0, 0, 4), shard(1, 4, 8)], {shard_id(0): 0.9}, now=NOON)
    assert [each.usage for each in known] == [0.9, None]
    assert [each.usage for each in merged(known, [shard(0, 0, 4)], {}, now=NOON + A_MINUTE)] == [None]


def test_plain_data_keeps_everything_hash_keys_of_128_bits_too() -> None:
    for each in merged([], RESHARDED, {shard_id(5): 0.25}, now=NOON):
        assert KnownShard.from_json(json.loads(json.dumps(each.as_json()))) == each


def test_generations_and_children_follow_the_parents_that_are_listed() -> None:
    known = merged([], RESHARDED, {}, now=NOON)
    found = {each.shard.shard_id[-1]: each for each in descents(known)}
    assert {number: each.generation for number, each in found.items()} == {
        "0": 0, "1": 1, "2": 1, "3": 2, "4": 2, "5": 3,
    }  # fmt: skip
    assert [child[-1] for child in found["0"].children] == ["1", "2"]
    assert [child[-1] for child in found["4"].children] == ["5"]
    expired = {each.shard.shard_id[-1]: each.generation for each in descents(known[2:])}
    assert expired == {"2": 0, "3": 0, "4": 0, "5": 1}, "a parent that is not listed counts no more"
