import json
from itertools import count

import pytest

from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.kinesis import create_stream
from portal.aws.records import get_records
from portal.aws.session import AwsSession
from portal.aws.shards import list_shards, shard_iterator
from portal.demo.building.bucket import Arrived, BucketWatch
from portal.demo.building.load import BATCH, BURST_BATCH, GATEWAY, HOT_BATCH
from portal.demo.building.sender import LONGEST_PAUSE_SECONDS, Sender, Stream
from portal.demo.building.sensors import Sensors
from portal.demo.building.situations import Situation
from portal.demo.building.tally import Tally

ACCOUNT = "121212121212"
STREAMS = count(1)


@pytest.fixture
def root(ministack_env):
    return ministack_env.root(ACCOUNT)


@pytest.fixture
def stream(root):
    name = f"sluice-sender-{next(STREAMS)}"
    create_stream(root, name, mode="PROVISIONED", shard_count=2, tags={})
    return Stream(name, "eu-west-1", ACCOUNT)


def sender_of(aws, stream):
    tally = Tally()
    return Sender(aws, stream, Sensors("Tower", seed=1), tally), tally


def stored(root, stream):
    records = []
    for shard in list_shards(root, stream.name):
        iterator = shard_iterator(root, stream.name, shard.shard_id, kind="TRIM_HORIZON")
        records += get_records(root, iterator, shard.shard_id).records
    return records


def answering(aws, change):
    """Let Kinesis' answers to PutRecords pass through `change` on their way back: botocore's own hook."""
    aws.client("kinesis").meta.events.register("after-call.kinesis.PutRecords", lambda parsed, **_: change(parsed))


def refuse_first(parsed):
    parsed["Records"][0] = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}
    parsed["FailedRecordCount"] = 1


def test_what_is_counted_is_what_the_stream_holds(root, stream):
    sender, tally = sender_of(root, stream)
    for _ in range(3):
        sender.send_once()
    records = stored(root, stream)
    counts = tally.take()
    assert counts.records == len(records) >= 3 * BATCH // 2
    assert counts.bytes == sum(len(record.data) + len(record.partition_key) for record in records)
    assert sum(counts.records_by_shard.values()) == len(records)
    assert all(json.loads(record.data)["device"]["id"] == record.partition_key for record in records)
    assert sender.pause_seconds == 1.0


def test_a_record_that_was_refused_is_sent_again(root, stream):
    aws = AwsSession(region="eu-west-1", credentials=root.credentials)
    answering(aws, refuse_first)
    sender, tally = sender_of(aws, stream)
    sender.send_once()
    assert tally.take().throttled == 1
    assert sender.pause_seconds >= 1.0
    again = sender._unsent[0]
    sender.send_once()
    assert [record.data for record in stored(root, stream)].count(again.data) == 2  # ours: the first was really taken


def test_a_key_that_is_refused_makes_it_wait_ever_longer_and_lose_nothing(root, stream):
    stranger = AwsSession(region="eu-west-1", credentials=AwsCredentials("AKIAIOSFODNN7EXAMPLE", "nonsense"))
    sender, tally = sender_of(stranger, stream)
    sender.send_once()
    first = sender.pause_seconds
    for _ in range(8):
        sender.send_once()
    assert first <= 2.0 < LONGEST_PAUSE_SECONDS / 2 < sender.pause_seconds <= LONGEST_PAUSE_SECONDS
    assert tally.take().calls_answered == 0
    assert len(sender._unsent) >= 9 * BATCH // 2


def test_it_sends_in_the_background_until_it_is_stopped(root, stream):
    sender, tally = sender_of(root, stream)
    sender.start()
    while tally.total_records == 0:
        pass
    sender.stop()
    assert len(stored(root, stream)) == tally.total_records


def test_the_bucket_is_looked_at_from_where_the_last_look_ended(root):
    s3 = root.client("s3")
    s3.create_bucket(Bucket="sluice-watched", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="sluice-watched", Key="sensors/2026/1", Body=b"old")
    watch = BucketWatch(root, "sluice-watched", "sensors/")
    assert watch.look() == Arrived()
    s3.put_object(Bucket="sluice-watched", Key="sensors/2026/2", Body=b"12345")
    s3.put_object(Bucket="sluice-watched", Key="sensors/2026/3", Body=b"123")
    s3.put_object(Bucket="sluice-watched", Key="other/9", Body=b"no")
    assert watch.look() == Arrived(objects=2, bytes=8)
    assert watch.look() == Arrived()


def test_a_bucket_that_is_gone_is_a_fault(root):
    with pytest.raises(AwsFault):
        BucketWatch(root, "sluice-not-there", "").look()


def test_in_a_silence_nothing_is_sent_and_sending_resumes_with_normal(root, stream):
    sender, tally = sender_of(root, stream)
    sender.situation = Situation.SILENCE
    for _ in range(3):
        sender.send_once()
    assert (tally.take().calls, stored(root, stream), sender.pause_seconds) == (0, [], 1.0)
    sender.situation = Situation.NORMAL
    sender.send_once()
    assert tally.take().records >= BATCH // 2


def test_a_hot_shard_throttles_what_is_more_than_it_accepts_and_the_load_stays_bounded(root, stream):
    sender, tally = sender_of(root, stream)
    sender.situation = Situation.HOT_SHARD
    sender.send_once()
    counts = tally.take()
    assert counts.throttled >= 10, "by the emulator's write limit"
    assert max(counts.records_by_shard.values()) > 0.8 * counts.records
    assert len(sender._unsent) == counts.throttled
    assert {reading.device_id for reading in sender._unsent} == {GATEWAY}
    sender._failures = 1100  # 2.0 ** 1100 is too large for a float
    assert sender.pause_seconds == LONGEST_PAUSE_SECONDS
    sender.send_once()
    assert tally.take().records <= HOT_BATCH + BATCH
    assert len(sender._unsent) <= HOT_BATCH + BATCH, "all of them, if it was still the same second"


def test_a_burst_sends_more_records_in_a_batch(root, stream):
    sender, tally = sender_of(root, stream)
    sender.situation = Situation.BURST
    sender.send_once()
    assert BURST_BATCH // 2 <= tally.take().records <= BURST_BATCH
