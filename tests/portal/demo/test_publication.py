"""What the building publishes in each situation, from the same counts."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from portal.aws.iam.roles import create_role, inline_role_policies
from portal.aws.published_metrics import MetricDatum
from portal.aws.session import AwsSession
from portal.demo.building import metrics
from portal.demo.building.bucket import Arrived
from portal.demo.building.lost_right import POLICY, LostRight
from portal.demo.building.publication import (
    SHARD_BYTES_PER_SECOND,
    SHARD_RECORDS_PER_SECOND,
    in_burst,
    of_consumers,
    of_firehose,
)
from portal.demo.building.situations import Situation, Switched
from portal.demo.building.tally import Counts
from tests.monitoring.conftest import aws

__all__ = ["aws"]

AT = datetime(2026, 11, 30, 9, 20, tzinfo=UTC)
SENT = Counts(
    calls=10,
    calls_answered=10,
    records=200,
    bytes=200_000,
    throttled=3,
    failed=3,
    records_by_shard=Counter({"shardId-0": 110, "shardId-1": 90}),
    bytes_by_shard=Counter({"shardId-0": 110_000, "shardId-1": 90_000}),
)


def values(data: list[MetricDatum]) -> dict[str, float]:
    return {datum.name: datum.value for datum in data}


@pytest.mark.parametrize(("shards", "seconds"), [(1, 10), (2, 10), (4, 12)])
def test_a_burst_uses_85_percent_of_what_the_shards_accept_in_the_period(shards: int, seconds: float) -> None:
    published = values(metrics.of_stream("s", in_burst(SENT, shards=shards, seconds=seconds), at=AT))
    of_bytes = published["IncomingBytes"] / (shards * SHARD_BYTES_PER_SECOND * seconds)
    of_records = published["IncomingRecords"] / (shards * SHARD_RECORDS_PER_SECOND * seconds)
    assert max(of_bytes, of_records) == pytest.approx(0.85, abs=0.001), "small records reach the other limit first"
    assert published["IncomingRecords"] / 200 == pytest.approx(published["IncomingBytes"] / 200_000, abs=0.01)
    assert published["PutRecords.ThrottledRecords"] == 3, "what happened to records is not invented"


def test_a_burst_is_spread_over_the_shards_as_the_records_were() -> None:
    counts = in_burst(SENT, shards=2, seconds=10)
    busiest = max(counts.records_by_shard.values()) / (SHARD_RECORDS_PER_SECOND * 10)
    assert 0.85 < busiest < 1, "near the limit, and not above it"
    assert sum(counts.bytes_by_shard.values()) == pytest.approx(counts.bytes, abs=2)


def test_a_period_that_was_longer_than_usual_does_not_use_more_than_a_minute_has() -> None:
    assert in_burst(SENT, shards=2, seconds=60) == in_burst(SENT, shards=2, seconds=12)


def test_nothing_sent_is_no_burst() -> None:
    assert in_burst(Counts(), shards=2, seconds=10) == Counts()


def test_a_delivery_of_which_nothing_arrives_while_records_wait_has_failed() -> None:
    published = of_firehose("d", Arrived(), oldest_seconds=300.0, at=AT)
    assert values(published) == {"DeliveryToS3.DataFreshness": 300.0, "DeliveryToS3.Success": 0}
    silent = values(of_firehose("d", Arrived(), oldest_seconds=0.0, at=AT))
    assert silent == {"DeliveryToS3.DataFreshness": 0}, "nothing was sent"
    again = values(of_firehose("d", Arrived(50, 5000), oldest_seconds=200.0, at=AT))
    assert (again["DeliveryToS3.Success"], again["DeliveryToS3.DataFreshness"]) == (1, 200)


def test_the_role_of_a_broken_delivery_may_not_write_until_it_is_normal_again(aws: AwsSession) -> None:
    create_role(aws, "delivery", path="/", trust={"Version": "2012-10-17", "Statement": []}, tags={})
    right = LostRight(aws, "delivery")
    for is_lost in (False, True, True, False):
        right.set(is_lost=is_lost)
        assert inline_role_policies(aws, "delivery") == ([POLICY] if is_lost else [])
    LostRight(aws, "").set(is_lost=True)


def test_a_stopped_consumer_falls_behind_from_the_switch_on_and_catches_up_at_normal() -> None:
    since = AT - timedelta(minutes=20)
    stopped = of_consumers("s", Switched(Situation.STOPPED_CONSUMER, "", since), oldest_seconds=3.0, at=AT)
    assert values(stopped) == {"GetRecords.IteratorAgeMilliseconds": 20 * 60 * 1000}
    normal = of_consumers("s", Switched(Situation.NORMAL, "", since), oldest_seconds=3.0, at=AT)
    assert values(normal) == {"GetRecords.IteratorAgeMilliseconds": 3000}


def test_without_a_delivery_there_is_a_consumer_once_the_switch_was_used() -> None:
    assert of_consumers("s", Switched(), oldest_seconds=None, at=AT) == []
    used = of_consumers("s", Switched(Situation.NORMAL, "", AT), oldest_seconds=None, at=AT)
    assert values(used) == {"GetRecords.IteratorAgeMilliseconds": 0}


def test_a_situation_of_another_stream_changes_nothing() -> None:
    other = Switched(Situation.STOPPED_CONSUMER, "other", AT - timedelta(hours=1))
    assert values(of_consumers("s", other, oldest_seconds=3.0, at=AT)) == {"GetRecords.IteratorAgeMilliseconds": 3000}
