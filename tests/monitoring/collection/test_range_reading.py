"""Metrics of a chosen time range: read once for all who look, counted, and kept for a while."""

from datetime import datetime, timedelta

import pytest

from monitoring.collection import range_reading
from monitoring.collection.range_queries import queries_of, range_metrics
from monitoring.models import StreamHealth
from monitoring.tasks import read_range, request_range
from monitoring.time_ranges import store
from monitoring.time_ranges.time_range import TimeRange
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.connections.sessions import session_for
from onboarding.models.integration import Integration
from portal.aws.cloudwatch import MOST_QUERIES_A_CALL, Series, SeriesGap
from portal.aws.errors import fault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession
from tests.monitoring.conftest import NOW, REGION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
END = NOW.replace(second=0)
AN_HOUR = TimeRange(END - timedelta(hours=1), END, 60)


@pytest.fixture
def stream(integration: Integration) -> WatchedStream:
    found = watched_stream(integration.uid)
    assert found is not None
    return found


@pytest.fixture
def account(aws: AwsSession, integration: Integration) -> AwsSession:
    return session_for(integration.connection, REGION, f"metrics-{integration.connection.uid}", SessionScope.METRICS)


def put(account: AwsSession, name: str, minutes_ago: int, value: float) -> None:
    at = END - timedelta(minutes=minutes_ago)
    datum = MetricDatum(name, (("StreamName", "sluice-sensors"),), value, "Count", at)
    put_metric_data(account, "AWS/Kinesis", [datum])


def test_what_is_read_is_kept_for_all_and_counted_for_the_client(account: AwsSession, stream: WatchedStream) -> None:
    StreamHealth.objects.create(integration_id=stream.integration_id, metrics_month="2026-11-01", metrics_requested=7)
    put(account, "IncomingRecords", 30, 600)
    put(account, "IncomingRecords", 90, 600)
    put(account, "GetRecords.Bytes", 30, 4096)
    assert store.stored(stream.uid, AN_HOUR) is None
    range_reading.read(stream, AN_HOUR, now=NOW)
    known = store.stored(stream.uid, AN_HOUR)
    assert known is not None
    assert known.metrics is not None
    at = END - timedelta(minutes=30)
    assert known.metrics.metrics["records"] == ((at, 600.0),), "and not what was before the range"
    assert known.metrics.metrics["bytes_read"] == ((at, 4096.0),)
    assert known.metrics.metrics["get_success"] == ()
    assert StreamHealth.objects.get().metrics_requested == 7 + 10 + 3, "ten of the stream, three of its Firehose stream"


def test_the_task_reads_the_range_that_its_name_describes(account: AwsSession, stream: WatchedStream) -> None:
    put(account, "IncomingRecords", 30, 600)
    read_range(integration_id=stream.integration_id, range_id=AN_HOUR.name)
    known = store.stored(stream.uid, AN_HOUR)
    assert known is not None
    assert known.metrics is not None
    assert [value for _, value in known.metrics.metrics["records"]] == [600.0]
    read_range(integration_id=0, range_id=AN_HOUR.name)


def test_a_new_month_begins_its_own_count(account: AwsSession, stream: WatchedStream) -> None:
    StreamHealth.objects.create(integration_id=stream.integration_id, metrics_month="2026-10-01", metrics_requested=7)
    range_reading.read(stream, AN_HOUR, now=NOW)
    range_reading.read(stream, AN_HOUR, now=NOW)
    health = StreamHealth.objects.get()
    assert (str(health.metrics_month), health.metrics_requested) == ("2026-11-01", 26)


def test_a_denial_is_kept_as_the_reason(account: AwsSession, stream: WatchedStream) -> None:
    def refuse(**_: object) -> None:
        raise fault("AccessDenied", "cloudwatch:GetMetricData", "not authorized")

    account.client("cloudwatch").meta.events.register("provide-client-params.cloudwatch.GetMetricData", refuse)
    range_reading.read(stream, AN_HOUR, now=NOW)
    known = store.stored(stream.uid, AN_HOUR)
    assert known is not None
    assert known.problem is not None
    assert (known.metrics, known.problem.code) == (None, "aws.access_denied")


def test_points_twice_out_of_order_or_in_the_future_are_drawn_once_and_withheld_metrics_are_named(
    stream: WatchedStream,
) -> None:
    queries = queries_of(stream, AN_HOUR)

    def minute(number: int) -> datetime:
        return AN_HOUR.start + timedelta(minutes=number)

    points = ((minute(5), 1.0), (minute(3), 2.0), (minute(5), 4.0), (minute(61), 9.0), (minute(-1), 9.0))
    answer = {
        "records": Series("records", points),
        "bytes": Series("bytes", (), SeriesGap.PARTIAL),
    }
    read = range_metrics(queries, answer, AN_HOUR)
    assert read.metrics["records"] == ((minute(3), 2.0), (minute(5), 4.0))
    assert read.withheld == ("IncomingBytes",)


def test_a_range_is_requested_once_a_minute_and_a_stream_has_so_many_an_hour(stream: WatchedStream) -> None:
    assert store.is_first_request(stream.uid, AN_HOUR)
    assert not store.is_first_request(stream.uid, AN_HOUR)
    for number in range(store.MOST_AN_HOUR - 1):
        other = TimeRange(AN_HOUR.start - timedelta(minutes=number + 1), AN_HOUR.end, 60)
        assert store.is_first_request(stream.uid, other)
    refused = request_range(stream, TimeRange(AN_HOUR.start, AN_HOUR.end + timedelta(minutes=1), 60))
    assert refused is not None
    assert refused.code == "range.too_many"


def test_metrics_of_shards_are_read_in_the_same_call_and_counted(account: AwsSession, stream: WatchedStream) -> None:
    StreamHealth.objects.create(integration_id=stream.integration_id)
    shards = ("shardId-000000000000", "shardId-000000000001")
    at = END - timedelta(minutes=30)
    place = (("StreamName", "sluice-sensors"), ("ShardId", shards[1]))
    put_metric_data(account, "AWS/Kinesis", [MetricDatum("IncomingBytes", place, 4096, "Bytes", at)])
    range_reading.read(stream, AN_HOUR, shards, now=NOW)
    assert store.stored(stream.uid, AN_HOUR) is None, "the range without shards was not read"
    known = store.stored(stream.uid, AN_HOUR, shards)
    assert known is not None
    assert known.metrics is not None
    assert known.metrics.metrics[f"shard:{shards[1]}:bytes"] == ((at, 4096.0),)
    assert StreamHealth.objects.get().metrics_requested == 10 + 3 + 8
    assert len(queries_of(stream, AN_HOUR, shards)) < MOST_QUERIES_A_CALL
