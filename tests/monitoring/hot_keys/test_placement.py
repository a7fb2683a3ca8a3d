"""The shard of a key, as AWS computes it."""

import pytest

from monitoring.hot_keys.hash_keys import explicit_hash_key, hash_key_of
from monitoring.hot_keys.placement import placements, problem_of
from monitoring.shards.known_shard import HASH_KEYS, KnownShard
from tests.monitoring.conftest import NOW

CLOSED = KnownShard("shardId-000000000000", 0, HASH_KEYS - 1, closed_before=NOW)
LOW = KnownShard("shardId-000000000001", 0, HASH_KEYS // 2 - 1)
HIGH = KnownShard("shardId-000000000002", HASH_KEYS // 2, HASH_KEYS - 1)


def test_the_hash_key_is_the_md5_of_the_keys_utf8() -> None:
    assert f"{hash_key_of(''):032x}" == "d41d8cd98f00b204e9800998ecf8427e"
    assert f"{hash_key_of('abc'):032x}" == "900150983cd24fb0d6963f7d28e17f72"
    assert hash_key_of("é") != hash_key_of("e")


def test_a_key_is_in_the_open_shard_of_its_hash_key() -> None:
    found = placements(["abc", "key-1"], [str(HASH_KEYS - 1), "0"], [CLOSED, LOW, HIGH])
    assert [each.shard for each in found] == [HIGH, HIGH if hash_key_of("key-1") >= HASH_KEYS // 2 else LOW, HIGH, LOW]
    assert placements(["abc"], [], [CLOSED])[0].shard is None


@pytest.mark.parametrize("typed", ["", "-1", "1.0", "0x10", "²", str(HASH_KEYS), "9" * 5000])
def test_what_is_no_hash_key_is_refused(typed: str) -> None:
    assert explicit_hash_key(typed) is None
    problem = problem_of([], [typed])
    assert problem is not None
    assert problem.code == "shard_of.not_a_hash_key"


def test_the_number_and_length_of_keys_is_bounded() -> None:
    codes = [problem_of(*typed) for typed in (([], []), (["a"] * 21, []), (["a" * 257], []), (["a" * 256], []))]
    assert [problem and problem.code for problem in codes] == [
        "shard_of.nothing",
        "shard_of.too_many",
        "shard_of.key_too_long",
        None,
    ]
