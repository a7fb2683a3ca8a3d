"""The simulated building's hot shard has a known cause, and the verdict names it."""

from datetime import timedelta

from monitoring.hot_keys.stream_sample import StreamSample
from monitoring.hot_keys.verdict import Kind, verdicts
from portal.aws.records import get_records
from portal.aws.shards import list_shards, shard_iterator
from portal.demo.building.load import GATEWAY
from portal.demo.building.situations import Situation
from tests.portal.demo.test_sender import root, sender_of, stream

__all__ = ["root", "stream"]


def sample_of(root, stream) -> StreamSample:
    """Count what a tap would read of the stream."""
    sample = StreamSample()
    shards = list_shards(root, stream.name)
    ranges = {shard.shard_id: (shard.starting_hash_key, shard.ending_hash_key) for shard in shards}
    sample.describe(stream.name, ranges, is_on_demand=False)
    for shard in shards:
        iterator = shard_iterator(root, stream.name, shard.shard_id, kind="TRIM_HORIZON")
        sample.add(shard.shard_id, get_records(root, iterator, shard.shard_id, limit=10_000).records, 1000)
    return sample


def test_the_gateway_that_repeats_its_buffer_is_the_hot_key(root, stream):
    sender, _ = sender_of(root, stream)
    for _ in range(5):
        sender.send_once()  # as usual
    sender.situation = Situation.HOT_SHARD
    sender.send_once()
    report = sample_of(root, stream).report(1000)
    assert report is not None
    assert report.until - report.since < timedelta(minutes=5)
    hot, *_ = verdicts(report)
    assert (hot.kind, hot.keys[0].key.key, hot.is_busy) == (Kind.HOT_KEY, GATEWAY, True)
    assert 0.8 < hot.keys[0].least <= hot.keys[0].most <= 1


def test_without_the_situation_no_shard_is_near_its_limit(root, stream):
    sender, _ = sender_of(root, stream)
    for _ in range(5):
        sender.send_once()
    report = sample_of(root, stream).report(1000)
    assert report is not None
    assert not any(verdict.is_busy for verdict in verdicts(report))
