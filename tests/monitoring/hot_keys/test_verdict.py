"""Which of the two it is, and what cures it."""

from random import Random

from monitoring.hot_keys.hash_keys import hash_key_of
from monitoring.hot_keys.stream_sample import StreamSample
from monitoring.hot_keys.verdict import Kind, Verdict, verdicts
from monitoring.pages.hot_key_rows import HotKeysPanel, hot_keys_panel
from monitoring.records.access import Audience
from monitoring.shards.known_shard import HASH_KEYS
from tests.monitoring.hot_keys.samples import records, true_share, zipf

SHARDS = {f"shardId-{number:012}": (number * HASH_KEYS // 4, (number + 1) * HASH_KEYS // 4 - 1) for number in range(4)}
MANY = [f"room-{number}" for number in range(4000)]


def shard_of(key: str) -> str:
    return next(name for name, (first, last) in SHARDS.items() if first <= hash_key_of(key) <= last)


def of_shard(number: int) -> list[str]:
    """Return the keys of MANY in one shard."""
    return [key for key in MANY if shard_of(key) == list(SHARDS)[number]]


def sample_of(keys: list[str], *, per_second: int = 1000, is_on_demand: bool = False) -> StreamSample:
    sample = StreamSample(random=Random(3))
    sample.describe("northwind", SHARDS, is_on_demand=is_on_demand)
    everything = records(keys, per_second=per_second)
    for name in SHARDS:
        sample.add(name, [each for each in everything if shard_of(each.partition_key) == name], 1000)
    return sample


def found(keys: list[str], *, per_second: int = 1000) -> dict[str, Verdict]:
    report = sample_of(keys, per_second=per_second).report(1000)
    assert report is not None
    return {verdict.shard.shard_id: verdict for verdict in verdicts(report)}


def panel(keys: list[str], audience: Audience = Audience.CLEAR, **options: bool) -> HotKeysPanel:
    shown = hot_keys_panel(sample_of(keys, **options).report(1000), audience)
    assert shown is not None
    return shown


def test_one_key_with_most_of_a_shard_is_a_hot_key() -> None:
    keys = [key for pair in zip(["gateway-7"] * 3000, MANY, strict=False) for key in pair]
    verdict = found(keys)[shard_of("gateway-7")]
    assert (verdict.kind, verdict.keys[0].key.key, verdict.split) == (Kind.HOT_KEY, "gateway-7", None)
    assert verdict.is_busy
    of_its_shard = [key for key in keys if shard_of(key) == shard_of("gateway-7")]
    assert verdict.keys[0].least <= true_share(of_its_shard, "gateway-7") <= verdict.keys[0].most


def test_the_hot_key_of_a_zipf_stream_is_named() -> None:
    verdict = found(zipf(6000, exponent=1.6))[shard_of("device-1")]
    assert (verdict.kind, verdict.keys[0].key.key) == (Kind.HOT_KEY, "device-1")


def test_many_keys_in_one_range_are_a_hot_shard_and_a_split_halves_its_load() -> None:
    crowd = of_shard(2) * 4
    verdict = found(crowd)["shardId-000000000002"]
    assert verdict.kind is Kind.HOT_RANGE
    assert verdict.split is not None
    first, last = SHARDS["shardId-000000000002"]
    assert first < verdict.split.new_starting_hash_key <= last
    below = sum(hash_key_of(key) < verdict.split.new_starting_hash_key for key in crowd) / len(crowd)
    assert 0.3 < below < 0.7, "the median of 64 drawn keys"


def test_an_even_busy_stream_needs_more_shards() -> None:
    verdicts_of = found(MANY, per_second=3000)
    assert {verdict.kind for verdict in verdicts_of.values()} == {Kind.FULL}


def test_an_even_quiet_stream_is_calm() -> None:
    assert {verdict.kind for verdict in found(MANY, per_second=100).values()} == {Kind.CALM}


def test_a_quiet_shard_with_twice_its_share_is_named_but_not_busy() -> None:
    verdict = found(["gateway-7"] * 500 + MANY[:300], per_second=10)[shard_of("gateway-7")]
    assert (verdict.kind, verdict.is_busy) == (Kind.HOT_KEY, False)


def test_few_records_allow_no_verdict() -> None:
    assert found(["gateway-7"] * 19, per_second=1)[shard_of("gateway-7")].kind is Kind.TOO_FEW


def test_records_with_explicit_hash_keys_give_no_place_to_split() -> None:
    sample = StreamSample(random=Random(3))
    sample.describe("northwind", SHARDS, is_on_demand=False)
    sample.add("shardId-000000000002", records(of_shard(0) + of_shard(1)), 1000)
    shown = hot_keys_panel(sample.report(1000), Audience.CLEAR)
    assert shown is not None
    (row,) = shown.notable
    assert (row.kind, row.split_command) == (Kind.HOT_RANGE, "")
    assert all(key.is_elsewhere for key in row.keys)


def test_the_command_splits_the_shard_and_none_is_given_for_an_on_demand_stream() -> None:
    (row,) = panel(of_shard(2) * 4).notable
    start = "aws kinesis split-shard --stream-name northwind --shard-to-split shardId-000000000002"
    assert row.split_command.startswith(f"{start} --new-starting-hash-key ")
    assert panel(of_shard(2) * 4, is_on_demand=True).notable[0].split_command == ""


def test_staff_see_ranks_in_place_of_keys() -> None:
    shown = panel(["gateway-7"] * 3000 + MANY, Audience.MASKED)
    assert next(key.name for row in shown.notable for key in row.keys) == "Key 1"
    assert "gateway" not in repr(shown)
    assert "room-" not in repr(shown)
