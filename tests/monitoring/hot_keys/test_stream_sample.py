"""What is counted of a stream: by shard, in bounded memory, and forgotten after three minutes."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest

from monitoring.hot_keys import stream_sample
from monitoring.hot_keys.hash_keys import hash_key_of
from monitoring.hot_keys.report import Report, from_json, to_json
from monitoring.hot_keys.shard_sample import HASHES
from monitoring.hot_keys.stream_sample import WINDOW_SECONDS, StreamSample
from monitoring.shards.known_shard import HASH_KEYS
from tests.monitoring.conftest import NOW
from tests.monitoring.hot_keys.samples import record, records, true_share, zipf

SHARD = "shardId-000000000000"
OTHER = "shardId-000000000001"
HALVES = {SHARD: (0, HASH_KEYS // 2 - 1), OTHER: (HASH_KEYS // 2, HASH_KEYS - 1)}


def sampled(keys: Iterable[str], *, now: float = 1000.0) -> StreamSample:
    sample = StreamSample(random=Random(7))
    sample.describe("northwind", {SHARD: (0, HASH_KEYS - 1)}, is_on_demand=False)
    sample.add(SHARD, records(keys), now)
    return sample


def report_of(sample: StreamSample, now: float = 1001.0) -> Report:
    report = sample.report(now)
    assert report is not None
    return report


def test_rates_are_by_arrival_and_bytes_include_the_key() -> None:
    report = report_of(sampled(["abc"] * 5001))
    assert (report.records, report.bytes, report.seconds) == (5001, 5001 * 103, 5.0)
    assert (report.since, report.until) == (NOW, NOW + timedelta(seconds=5))
    (shard,) = report.shards
    assert (shard.peak_records, shard.peak_bytes) == (1000, 103_000)
    (key,) = shard.keys
    assert (key.key, key.records, key.bytes) == ("abc", (5001, 5001), (5001 * 103, 5001 * 103))


def test_the_hot_key_of_a_zipf_stream_is_the_first_within_its_bounds() -> None:
    keys = zipf(20_000)
    (shard,) = report_of(sampled(keys)).shards
    first = shard.keys[0]
    assert first.key == "device-1"
    least, most = (count / shard.records for count in first.records)
    assert least <= true_share(keys, "device-1") <= most


def test_nothing_is_kept_for_longer_than_two_windows() -> None:
    sample = sampled(["old"])
    sample.add(SHARD, [record("new")], 1000 + WINDOW_SECONDS)
    keys = {key.key for shard in report_of(sample, 1000 + WINDOW_SECONDS).shards for key in shard.keys}
    assert keys == {"old", "new"}
    later = report_of(sample, 1000 + 2 * WINDOW_SECONDS)
    assert [key.key for shard in later.shards for key in shard.keys] == ["new"]
    assert sample.report(1000 + 4 * WINDOW_SECONDS) is None


def test_both_windows_count_together() -> None:
    sample = sampled(["a"] * 10)
    sample.add(SHARD, records(["a"] * 5), 1000 + WINDOW_SECONDS)
    (shard,) = report_of(sample, 1000 + WINDOW_SECONDS).shards
    assert shard.records == 15
    assert shard.keys[0].records == (15, 15)
    assert len(shard.hashes) == 15


def test_memory_is_bounded_however_many_keys_and_shards_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = sampled(f"key-{number}" for number in range(20_000))
    (shard,) = report_of(sample).shards
    assert len(shard.hashes) == HASHES
    assert len(sample._current[SHARD].by_records) <= 64
    monkeypatch.setattr(stream_sample, "MOST_SHARDS", 1)
    sample.add(OTHER, records(["a"] * 3), 1000)
    assert report_of(sample).uncounted == 3
    assert OTHER not in sample._current
    assert len({key.key for key in shard.keys}) == len(shard.keys)


def test_closed_shards_are_not_reported() -> None:
    sample = sampled(["a"] * 5)
    sample.describe("northwind", {OTHER: HALVES[OTHER]}, is_on_demand=False)
    sample.add(OTHER, records(["b"]), 1000)
    assert [shard.shard_id for shard in report_of(sample).shards] == [OTHER]


def test_a_report_survives_redis() -> None:
    report = report_of(sampled([*zipf(300), "\udcff☃"]))
    assert from_json(to_json(report)) == report
    assert all(
        hash_key in {hash_key_of(key) for key in [*zipf(300), "\udcff☃"]} for hash_key in report.shards[0].hashes
    )


def test_after_clear_there_is_nothing() -> None:
    sample = sampled(["a"])
    sample.clear()
    assert sample.report(1001.0) is None
