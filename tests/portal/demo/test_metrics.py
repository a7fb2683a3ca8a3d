from datetime import UTC, datetime

from portal.demo.building import metrics
from portal.demo.building.bucket import Arrived
from portal.demo.building.tally import Outcome, Tally

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THROTTLED = "ProvisionedThroughputExceededException"


def values(data):
    return {datum.name: datum.value for datum in data}


def sent(*outcomes):
    tally = Tally()
    tally.add_call(list(outcomes), latency_ms=12.5, at=100.0)
    return tally


def test_what_was_sent_is_counted_record_by_record_and_shard_by_shard():
    tally = sent(Outcome(1000, "shardId-0"), Outcome(900, "shardId-1"), Outcome(800, "shardId-0"))
    counts = tally.take()
    assert (counts.records, counts.bytes) == (3, 2700)
    assert dict(counts.bytes_by_shard) == {"shardId-0": 1800, "shardId-1": 900}
    assert tally.total_records == 3


def test_counts_are_taken_once():
    tally = sent(Outcome(1000, "shardId-0"))
    tally.take()
    assert tally.take().calls == 0


def test_refused_records_count_as_throttled_or_failed_and_not_as_incoming():
    counts = sent(Outcome(1000, "shardId-0"), Outcome(10, None, THROTTLED), Outcome(10, None, "InternalFailure")).take()
    measured = values(metrics.of_stream("s", counts, at=AT))
    assert measured["IncomingRecords"] == 1
    assert measured["IncomingBytes"] == 1000
    assert measured["PutRecords.TotalRecords"] == 3
    assert measured["PutRecords.ThrottledRecords"] == measured["WriteProvisionedThroughputExceeded"] == 1
    assert measured["PutRecords.FailedRecords"] == 1
    assert measured["PutRecords.Latency"] == 12.5


def test_success_is_the_share_of_calls_that_were_answered():
    tally = sent(Outcome(1000, "shardId-0"))
    tally.add_failed_call()
    assert values(metrics.of_stream("s", tally.take(), at=AT))["PutRecords.Success"] == 0.5


def test_a_silent_period_has_no_points_rather_than_zeros():
    assert metrics.of_stream("s", Tally().take(), at=AT) == []


def test_shard_level_metrics_are_those_the_stream_has_enabled():
    counts = sent(Outcome(1000, "shardId-0")).take()
    assert metrics.of_shards("s", counts, frozenset(), at=AT) == []
    (datum,) = metrics.of_shards("s", counts, frozenset({"IncomingBytes"}), at=AT)
    assert (datum.name, datum.value) == ("IncomingBytes", 1000)
    assert dict(datum.dimensions) == {"StreamName": "s", "ShardId": "shardId-0"}


def test_freshness_is_the_age_of_the_oldest_record_that_is_not_in_the_bucket():
    tally = sent(Outcome(1, "a"), Outcome(1, "a"))
    tally.add_call([Outcome(1, "a")], latency_ms=1, at=130.0)
    assert tally.oldest_undelivered_seconds(160.0) == 60.0
    tally.note_delivered(2)
    assert tally.oldest_undelivered_seconds(160.0) == 30.0
    tally.note_delivered(5)
    assert tally.oldest_undelivered_seconds(160.0) == 0.0


def test_a_delivery_without_new_objects_tells_its_freshness_only():
    assert values(metrics.of_delivery("d", Arrived(), oldest_seconds=7.0, at=AT)) == {"DeliveryToS3.DataFreshness": 7.0}
    measured = values(metrics.of_delivery("d", Arrived(objects=4, bytes=2048), oldest_seconds=0.0, at=AT))
    assert (measured["DeliveryToS3.Records"], measured["DeliveryToS3.Bytes"], measured["DeliveryToS3.Success"]) == (
        4,
        2048,
        1,
    )
