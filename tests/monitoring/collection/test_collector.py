import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from redis import Redis

from monitoring.collection.collector import collect, show_connection
from monitoring.models import StateChange, StreamHealth
from monitoring.shards.stored import listed_shards
from monitoring.tasks import due_collections
from onboarding.connections.sessions import session_for
from onboarding.deliveries.kinds import KINDS
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal import live
from portal.aws.errors import fault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession, portal_session
from portal.aws.stream_settings import enable_shard_level_metrics
from portal.messages.catalogue import advice_of, text_of
from tests.monitoring.conftest import NOW, REGION, live_integration, stored_series
from tests.onboarding.deliveries_examples import example

pytestmark = pytest.mark.django_db
END = NOW.replace(second=0)


@pytest.fixture(autouse=True)
def now_is_now(settings, clean_redis: str) -> None:
    settings.SLUICE_METRIC_DELAY_SECONDS = 0


@pytest.fixture
def account(aws: AwsSession, integration: Integration) -> AwsSession:
    """The session in the client's account, as collection uses it; its stream has two shards."""
    session = session_for(integration.connection, REGION, f"metrics-{integration.connection.uid}", SessionScope.METRICS)
    session.client("kinesis").create_stream(StreamName="sluice-sensors", ShardCount=2)
    enable_shard_level_metrics(session, "sluice-sensors")
    return session


def put(
    account: AwsSession, name: str, values: dict[int, float], *, stream: str = "sluice-sensors", shard: str = ""
) -> None:
    """Publish values by minutes before the end."""
    dimensions = (("StreamName", stream), *((("ShardId", shard),) if shard else ()))
    put_metric_data(
        account,
        "AWS/Kinesis",
        [
            MetricDatum(name, dimensions, value, "Count", END - timedelta(minutes=minute))
            for minute, value in values.items()
        ],
    )


def put_delivery(account: AwsSession, name: str, value: float, stream: str = "sluice-sensors-to-s3") -> None:
    datum = MetricDatum(name, (("DeliveryStreamName", stream),), value, "Count", END - timedelta(minutes=5))
    put_metric_data(account, "AWS/Firehose", [datum])


def gather(integration: Integration, now: datetime = NOW) -> StreamHealth:
    collect(connection_id=integration.connection_id, region=REGION, now=now)
    return StreamHealth.objects.get(integration=integration)


def test_metrics_become_a_state_with_its_message(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", dict.fromkeys(range(1, 30), 60_000))
    put(account, "IncomingBytes", dict.fromkeys(range(1, 30), 6_000_000))
    put_delivery(account, "DeliveryToS3.DataFreshness", 58)
    health = gather(integration)
    assert (health.state, text_of(health.message)) == (
        "healthy",
        "Receiving 1,000 records/s. The busiest minute used 50% of the write limit.",
    )
    assert health.measurements["write_limit"] == {"unit": "records", "per_second": 2000}
    assert [delivery["freshness_seconds"] for delivery in health.measurements["deliveries"]] == [58]
    assert health.measurements["iterator_age_seconds"] is None
    assert health.measurements["last_record_at"] == END.isoformat()
    assert health.checked_at == NOW


def test_every_delivery_is_judged_by_its_own_metrics(account: AwsSession, integration: Integration) -> None:
    plain = [example(kind) for kind in KINDS]
    integration.spec = {**integration.spec, "deliveries": plain}
    integration.save(update_fields=["spec"])
    names = {kind: example(kind)["name"] for kind in KINDS}
    put(account, "IncomingRecords", dict.fromkeys(range(1, 30), 60_000))
    put_delivery(account, "DeliveryToSplunk.Success", 0.25, names["splunk"])
    put_delivery(account, "DeliveryToRedshift.Success", 1, names["redshift"])
    put_delivery(account, "DeliveryToS3.DataFreshness", 58, names["redshift"])
    put_delivery(account, "DeliveryToIceberg.SuccessfulRowCount", 7, names["iceberg"])
    put_delivery(account, "DeliveryToIceberg.FailedRowCount", 1, names["iceberg"])
    put_delivery(account, "DeliveryToS3.Success", 0, names["http"])
    health = gather(integration)
    assert (health.state, "to-splunk delivered only 25%" in text_of(health.message)) == ("failing", True)
    assert "/aws/kinesisfirehose/sluice-sensors-to-splunk" in advice_of(health.message)
    found = {
        delivery["name"]: (delivery["freshness_seconds"], delivery["success_share"], delivery["delivered_records"])
        for delivery in health.measurements["deliveries"]
    }
    assert found.pop(names["splunk"]) == (None, 0.25, None)
    assert found.pop(names["redshift"]) == (58, 1, None)
    assert found.pop(names["iceberg"]) == (None, 7 / 8, 7)
    assert set(found.values()) == {(None, None, None)}, "an endpoint's own metrics, not those of its bucket"


def test_a_minute_without_data_stays_a_gap(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", {1: 60, 2: 60, 9: 60, 120: 60})
    health = gather(integration)
    stored = stored_series(integration.uid)
    assert [at for at, _ in stored.stream["records"]] == [END - timedelta(minutes=minute) for minute in (120, 9, 2, 1)]
    assert health.measurements["records_per_second"] == 0.4, "a minute without a point had no puts"
    assert health.sparkline.count(None) == 33


def test_metrics_that_are_published_late_are_not_requested_yet(
    account: AwsSession, integration: Integration, settings
) -> None:
    settings.SLUICE_METRIC_DELAY_SECONDS = 120
    put(account, "IncomingRecords", {1: 5, 2: 5, 3: 60})
    gather(integration)
    stored = stored_series(integration.uid)
    assert stored.end == END - timedelta(minutes=2)
    assert [at for at, _ in stored.stream["records"]] == [END - timedelta(minutes=3)]


def test_silence_is_detected_and_remembered_for_longer_than_the_window(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {20: 60})
    assert text_of(gather(integration).message) == "No records have arrived for 19 minutes."
    later = gather(integration, NOW + timedelta(hours=6))
    assert text_of(later.message) == "No records have arrived for 6 hours."
    assert later.state == "failing"


def test_a_new_stream_without_metrics_is_unknown(account: AwsSession, integration: Integration) -> None:
    health = gather(integration)
    assert (health.state, text_of(health.message)) == ("unknown", "There are no metrics for this stream yet.")


def test_all_streams_of_a_connection_are_read_in_one_call(account: AwsSession, integration: Integration) -> None:
    for number in range(20):
        live_integration(integration.tenant, f"sluice-{number}")
    calls = []
    account.client("cloudwatch").meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData", lambda **kwargs: calls.append(kwargs["params"])
    )
    assert collect(connection_id=integration.connection_id, region=REGION, now=NOW) == 21
    assert len(calls) == 1
    assert len(calls[0]["MetricDataQueries"]) == 21 * 9
    assert StreamHealth.objects.count() == 21
    assert set(StreamHealth.objects.values_list("metrics_last", "metrics_requested")) == {(9, 9)}


def test_only_streams_that_are_due_are_read_and_every_metric_is_counted(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 60})
    arguments = {"connection_id": integration.connection_id, "region": REGION, "only_due": True}
    assert collect(**arguments, now=NOW) == 1
    put(account, "IncomingRecords", {-4: 60})
    assert [collect(**arguments, now=NOW + timedelta(minutes=minute)) for minute in (1, 2)] == [0, 0]
    live.hold({f"stream:{integration.uid}:clear": 1})
    assert collect(**arguments, now=NOW + timedelta(minutes=3)) == 1
    health = StreamHealth.objects.get()
    # The first time it is not known yet that records arrive; then two metrics of each of two shards are read too.
    assert (health.metrics_requested, health.metrics_last) == (9 + 8 + 4, 12)
    assert health.valid_until == NOW + timedelta(minutes=6)
    assert collect(**arguments, now=NOW + timedelta(days=30)) == 1
    assert StreamHealth.objects.get().metrics_requested == 9 + 4, "of December"


def test_whether_records_were_rejected_is_asked_where_none_arrive(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {9: 60})
    gather(integration)
    put(account, "PutRecords.Success", {1: 0})
    assert gather(integration).message.code == "stream.writes_rejected"


def test_shards_are_read_only_while_someone_watches(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", {1: 40_000})
    put(account, "IncomingRecords", {1: 39_000}, shard="shardId-000000000001")
    gather(integration)
    stored = stored_series(integration.uid)
    assert stored.shards == ()
    live.hold({f"stream:{integration.uid}:clear": 1})
    gather(integration)
    stored = stored_series(integration.uid)
    assert [(shard.shard_id, shard.first_share, shard.last_share) for shard in stored.shards] == [
        ("shardId-000000000000", 0.0, 0.5),
        ("shardId-000000000001", 0.5, 1.0),
    ]
    assert stored.shards[1].metrics["records"] == ((END - timedelta(minutes=1), 39_000.0),)


def test_the_shards_that_aws_lists_are_kept_with_the_closed_ones_and_their_use(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 39_000}, shard="shardId-000000000001")
    live.hold({f"stream:{integration.uid}:clear": 1})
    gather(integration)
    listed = listed_shards(integration.pk)
    assert listed is not None
    assert [(shard.shard_id[-1], shard.usage) for shard in listed.shards] == [("0", 0.0), ("1", 0.65)]
    split = {"ShardToSplit": "shardId-000000000001", "NewStartingHashKey": str(3 * 2**126)}
    account.client("kinesis").split_shard(StreamName="sluice-sensors", **split)
    later = NOW + timedelta(minutes=1)
    gather(integration, later)
    listed = listed_shards(integration.pk)
    assert listed is not None
    assert [(shard.shard_id[-1], shard.closed_before) for shard in listed.shards] == [
        ("0", None),
        ("1", later),
        ("2", None),
        ("3", None),
    ]
    assert listed.shards[1].open_at == NOW
    assert {shard.parents for shard in listed.shards[2:]} == {("shardId-000000000001",)}


def test_what_is_said_of_a_hot_shard_does_not_depend_on_who_watches(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 60_000})
    put(account, "IncomingRecords", {1: 57_000}, shard="shardId-000000000001")
    unwatched = gather(integration)
    assert text_of(unwatched.message) == "Shard 0001 uses 95% of its write limit (1,000 records/s)."
    live.hold({f"stream:{integration.uid}:clear": 1})
    watched = gather(integration)
    assert (watched.state, watched.message) == (unwatched.state, unwatched.message)


def test_throttled_writes_name_their_shard_without_a_viewer(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", {1: 600})
    put(account, "IncomingRecords", {1: 590}, shard="shardId-000000000000")
    put(account, "WriteProvisionedThroughputExceeded", {1: 3})
    assert "The busiest is shard 0000." in text_of(gather(integration).message)


def test_the_usage_of_a_resharded_stream_is_that_of_its_open_shards(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 8 * 60_000})
    assert gather(integration).measurements["write_usage_share"] == 4
    target = {"StreamName": "sluice-sensors", "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}
    account.client("kinesis").update_shard_count(**target)
    account.client("kinesis").update_shard_count(**target | {"TargetShardCount": 8})
    health = gather(integration, NOW + timedelta(seconds=20))
    assert health.measurements["write_usage_share"] == 1
    assert health.measurements["write_limit"] == {"unit": "records", "per_second": 8000}


def test_a_stream_that_became_on_demand_has_the_limit_that_aws_gives_it(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 60 * 1_900})
    kinesis = account.client("kinesis")
    arn = kinesis.describe_stream_summary(StreamName="sluice-sensors")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    health = gather(integration)
    assert "on-demand" in text_of(health.message)
    assert health.measurements["is_on_demand"]


def test_a_stream_that_aws_does_not_describe_has_no_usage(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", {1: 60_000})

    def refuse(**_: object) -> None:
        raise fault("AccessDeniedException", "kinesis:DescribeStreamSummary", "not authorized")

    account.client("kinesis").meta.events.register("provide-client-params.kinesis.DescribeStreamSummary", refuse)
    health = gather(integration)
    assert (health.state, health.measurements["write_usage_share"]) == ("healthy", None)


def test_a_stream_that_was_deleted_in_aws_is_failing_at_the_next_collection(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 414})
    assert gather(integration).state == "healthy"
    account.client("kinesis").delete_stream(StreamName="sluice-sensors")
    health = gather(integration)
    assert (health.state, health.message.code) == ("failing", "stream.deleted_in_aws")
    assert "sluice-sensors no longer exists" in text_of(health.message)
    account.client("kinesis").create_stream(StreamName="sluice-sensors", ShardCount=1)
    assert gather(integration).state == "healthy"


def test_denied_access_becomes_the_state_of_the_stream_with_a_message(
    account: AwsSession, integration: Integration
) -> None:
    def refuse(**_: object) -> None:
        raise fault("AccessDenied", "cloudwatch:GetMetricData", "not authorized")

    account.client("cloudwatch").meta.events.register("provide-client-params.cloudwatch.GetMetricData", refuse)
    health = gather(integration)
    assert health.state == "failing"
    assert text_of(health.message).startswith("Couldn’t read the metrics of this stream:")
    assert advice_of(health.message)


@pytest.mark.parametrize("status", ["Forbidden", "InternalError", "PartialData"])
def test_a_metric_that_cloudwatch_withholds_is_unknown_and_not_silence(
    account: AwsSession, integration: Integration, status: str
) -> None:
    put(account, "IncomingRecords", {20: 60})

    def withhold(parsed: dict[str, object], **_: object) -> None:
        for result in parsed["MetricDataResults"]:
            result["StatusCode"] = status

    account.client("cloudwatch").meta.events.register("after-call.cloudwatch.GetMetricData", withhold)
    health = gather(integration)
    assert (health.state, "IncomingRecords" in text_of(health.message)) == ("unknown", True)


def refuse_role(account: AwsSession, integration: Integration) -> None:
    """AWS denies the role from now on, and no session of before is used."""

    def deny(**_: object) -> None:
        raise fault("AccessDenied", "sts:AssumeRole", "is not authorized to perform: sts:AssumeRole")

    portal_session(REGION).client("sts").meta.events.register("provide-client-params.sts.AssumeRole", deny)
    Connection.objects.filter(pk=integration.connection_id).update(state_since=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_denied_role_is_the_state_of_all_streams_of_its_connection_at_once(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", {1: 60})
    far = live_integration(integration.tenant, "sluice-far", region="us-east-1")
    assert gather(integration).state == "healthy"
    refuse_role(account, integration)
    gather(integration)
    text = "The connection to the AWS account is degraded: AWS denied access to the role"
    for stream in (integration, far):
        health = StreamHealth.objects.get(integration=stream)
        assert (health.state, text_of(health.message).startswith(text)) == ("failing", True)
    assert Connection.objects.get().state == "degraded"


def test_a_connection_that_works_again_leaves_its_streams_to_the_next_collection(integration: Integration) -> None:
    assert show_connection(connection_id=integration.connection_id, now=NOW) == 0
    assert not StreamHealth.objects.exists()


def test_a_change_is_in_the_history_and_on_open_pages(
    account: AwsSession, integration: Integration, clean_redis: str
) -> None:
    put(account, "IncomingRecords", {1: 60})
    gather(integration)
    gather(integration, NOW + timedelta(minutes=1))
    gather(integration, NOW + timedelta(minutes=30))
    changes = [(row.state, row.message.code) for row in StateChange.objects.all()]
    assert changes == [
        ("failing", "stream.silent"),
        ("unknown", "stream.not_checked"),
        ("healthy", "stream.receiving_with_usage"),
    ]
    sent = json.loads(Redis.from_url(clean_redis).get(f"last:stream:{integration.uid}:masked:states"))["data"]
    assert sent.count("<tr>") == 3
    assert "No records have arrived for 30 minutes." in sent


def test_a_temporary_error_changes_no_state(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", {1: 60})
    assert gather(integration).state == "healthy"

    def throttle(**_: object) -> None:
        raise fault("Throttling", "cloudwatch:GetMetricData", "Rate exceeded")

    account.client("cloudwatch").meta.events.register("provide-client-params.cloudwatch.GetMetricData", throttle)
    health = gather(integration, NOW + timedelta(minutes=1))
    assert (health.state, health.checked_at) == ("healthy", NOW)


def test_the_metrics_are_rendered_once_and_sent_to_each_audience(
    account: AwsSession, integration: Integration, clean_redis: str
) -> None:
    put(account, "IncomingRecords", {1: 60})
    pages = [f"stream:{integration.uid}:{audience}" for audience in ("clear", "masked")]
    live.hold(dict.fromkeys((*pages, "board:northwind", "board:all"), 1))
    redis = Redis.from_url(clean_redis)
    with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.psubscribe("live:*")
        pubsub.get_message(timeout=2)
        gather(integration)
        gather(integration)
        heard = [message["channel"].decode() for message in iter(lambda: pubsub.get_message(timeout=0.3), None)]
    uid = integration.uid
    assert sorted(heard) == sorted(
        [
            f"live:stream:{uid}:clear",
            f"live:stream:{uid}:masked",
            "live:board:northwind",
            "live:board:northwind",
            "live:board:all",
            "live:board:all",
            *["live:wall:northwind", "live:wall:all"],
            # The first collection begins the history of its states.
            *[f"live:stream:{uid}:clear", f"live:stream:{uid}:masked"],
            # That the stream was checked is reported by each of the two collections.
            *[f"live:stream:{uid}:clear", f"live:stream:{uid}:masked", "live:board:northwind", "live:board:all"] * 2,
            *["live:wall:northwind", "live:wall:all"] * 2,
        ]
    )
    assert b"the stream (2 shards)" in redis.get(f"last:stream:{uid}:clear:metrics")


def test_series_are_stored_for_longer_than_any_stream_waits(
    account: AwsSession, integration: Integration, clean_redis
) -> None:
    gather(integration)
    assert 3600 < Redis.from_url(clean_redis).ttl(f"series:{integration.uid}") <= 3900


def test_the_schedule_requests_one_collection_for_each_connection_and_region(
    account: AwsSession, integration: Integration
) -> None:
    for number in range(3):
        live_integration(integration.tenant, f"sluice-{number}")
    live_integration(integration.tenant, "sluice-far", region="us-east-1")
    wanted = [{"connection_id": integration.connection_id, "region": region} for region in (REGION, "us-east-1")]
    assert due_collections() == wanted
