"""The data stream, its shards and records."""

from datetime import UTC, datetime

import pytest
from botocore.stub import ANY, Stubber

from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession, portal_session

NAME = "sluice-harbour"


@pytest.fixture
def stream(aws: AwsSession) -> AwsSession:
    kinesis.create_stream(aws, NAME, mode="PROVISIONED", shard_count=2, tags={})
    return aws


def present(aws: AwsSession) -> kinesis.Stream:
    found = kinesis.describe_stream(aws, NAME)
    assert found is not None
    return found


def test_a_stream_that_is_absent_is_none(aws: AwsSession) -> None:
    assert kinesis.describe_stream(aws, NAME) is None


def test_a_provisioned_stream_has_its_shards(stream: AwsSession) -> None:
    found = present(stream)
    assert (found.name, found.status, found.mode) == (NAME, "ACTIVE", "PROVISIONED")
    assert (found.open_shard_count, found.retention_hours) == (2, 24)
    assert (found.encryption_type, found.key_id, found.shard_level_metrics) == ("NONE", None, frozenset())
    assert found.arn == f"arn:aws:kinesis:eu-west-1:111122223333:stream/{NAME}"
    assert found.created_at.tzinfo is not None


def test_an_on_demand_stream_names_no_shard_count() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        asked = {"StreamName": NAME, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "Tags": {"a": "b"}}
        stub.add_response("create_stream", {}, asked)
        kinesis.create_stream(aws, NAME, mode="ON_DEMAND", shard_count=None, tags={"a": "b"})


def test_a_second_stream_of_the_name_is_a_conflict(stream: AwsSession) -> None:
    with pytest.raises(AwsFault) as caught:
        kinesis.create_stream(stream, NAME, mode="PROVISIONED", shard_count=1, tags={})
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, False)


def test_tags_are_added_to_those_there(stream: AwsSession) -> None:
    kinesis.tag_stream(stream, NAME, {"a": "1", "b": "2"})
    kinesis.tag_stream(stream, NAME, {"b": "3"})
    assert kinesis.stream_tags(stream, NAME) == {"a": "1", "b": "3"}


def test_tags_are_read_over_all_pages() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        first = {"Tags": [{"Key": "a", "Value": "1"}], "HasMoreTags": True}
        rest = {"Tags": [{"Key": "b"}], "HasMoreTags": False}
        stub.add_response("list_tags_for_stream", first, {"StreamName": NAME})
        stub.add_response("list_tags_for_stream", rest, {"StreamName": NAME, "ExclusiveStartTagKey": "a"})
        assert kinesis.stream_tags(aws, NAME) == {"a": "1", "b": ""}


@pytest.mark.parametrize(("current", "wanted"), [(24, 48), (24, 24)])
def test_retention_grows_or_stays(stream: AwsSession, current: int, wanted: int) -> None:
    kinesis.set_retention(stream, NAME, current_hours=current, wanted_hours=wanted)
    assert present(stream).retention_hours == wanted


def test_retention_shrinks(stream: AwsSession) -> None:
    kinesis.set_retention(stream, NAME, current_hours=24, wanted_hours=72)
    kinesis.set_retention(stream, NAME, current_hours=72, wanted_hours=24)
    assert present(stream).retention_hours == 24


def test_retention_as_wanted_asks_aws_nothing() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")):  # refuses whatever it does not expect
        kinesis.set_retention(aws, NAME, current_hours=24, wanted_hours=24)


def test_shard_level_metrics_are_switched(stream: AwsSession) -> None:
    kinesis.enable_shard_level_metrics(stream, NAME)
    assert present(stream).shard_level_metrics == kinesis.SHARD_LEVEL_METRICS
    kinesis.disable_shard_level_metrics(stream, NAME, ["IncomingBytes"])
    assert present(stream).shard_level_metrics == kinesis.SHARD_LEVEL_METRICS - {"IncomingBytes"}


def test_all_metrics_means_each_of_the_seven(stream: AwsSession) -> None:
    kinesis.enable_shard_level_metrics(stream, NAME, ["ALL"])
    assert present(stream).shard_level_metrics == kinesis.SHARD_LEVEL_METRICS
    assert len(kinesis.SHARD_LEVEL_METRICS) == 7


def test_encryption_is_switched(stream: AwsSession) -> None:
    kinesis.start_encryption(stream, NAME, "alias/aws/kinesis")
    assert (present(stream).encryption_type, present(stream).key_id) == ("KMS", "alias/aws/kinesis")
    kinesis.stop_encryption(stream, NAME, "alias/aws/kinesis")
    assert present(stream).encryption_type == "NONE"


def test_deleting_twice_is_fine(stream: AwsSession) -> None:
    kinesis.delete_stream(stream, NAME)
    kinesis.delete_stream(stream, NAME)
    assert kinesis.describe_stream(stream, NAME) is None


def test_the_shard_count_changes_uniformly() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        asked = {"StreamName": NAME, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}
        stub.add_response("update_shard_count", {}, asked)
        kinesis.update_shard_count(aws, NAME, 4)


def test_a_record_comes_back_as_it_was_put(stream: AwsSession) -> None:
    receipt = kinesis.put_record(stream, NAME, data=b"\x00\xff", partition_key="desk")
    iterator = kinesis.shard_iterator(stream, NAME, receipt.shard_id, kind="TRIM_HORIZON")
    batch = kinesis.get_records(stream, iterator, receipt.shard_id)
    [record] = batch.records
    assert (record.data, record.partition_key, record.shard_id) == (b"\x00\xff", "desk", receipt.shard_id)
    assert record.sequence_number == receipt.sequence_number
    assert record.arrived_at.tzinfo is not None
    assert batch.next_iterator


def test_reading_goes_on_after_a_sequence_number(stream: AwsSession) -> None:
    receipts = [kinesis.put_record(stream, NAME, data=bytes([i]), partition_key="desk") for i in range(3)]
    shard = receipts[0].shard_id
    iterator = kinesis.shard_iterator(
        stream, NAME, shard, kind="AFTER_SEQUENCE_NUMBER", sequence_number=receipts[0].sequence_number
    )
    assert [one.data for one in kinesis.get_records(stream, iterator, shard).records] == [b"\x01", b"\x02"]


def test_reading_starts_at_a_time() -> None:
    aws = portal_session("eu-west-1")
    at = datetime(2026, 11, 21, tzinfo=UTC)
    with Stubber(aws.client("kinesis")) as stub:
        asked = {"StreamName": NAME, "ShardId": "s-1", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": at}
        stub.add_response("get_shard_iterator", {"ShardIterator": "place"}, asked)
        assert kinesis.shard_iterator(aws, NAME, "s-1", kind="AT_TIMESTAMP", timestamp=at) == "place"


def test_the_end_of_a_closed_shard_has_no_next_iterator() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_response("get_records", {"Records": [], "MillisBehindLatest": 0}, {"ShardIterator": "i", "Limit": 10})
        batch = kinesis.get_records(aws, "i", "s-1", limit=10)
    assert batch == kinesis.RecordBatch(records=(), next_iterator=None, millis_behind_latest=0)


def test_many_records_go_five_hundred_at_a_time() -> None:
    aws = portal_session("eu-west-1")
    taken = {"Records": [{"SequenceNumber": "1", "ShardId": "s-1"}] * 500}
    refused = {"Records": [{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"}]}
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_response("put_records", taken, {"StreamName": NAME, "Records": ANY})
        stub.add_response("put_records", refused, {"StreamName": NAME, "Records": ANY})
        verdicts = kinesis.put_records(aws, NAME, [(b"x", "k")] * 501)
    assert verdicts == [True] * 500 + [False]


def test_shards_are_read_over_all_pages() -> None:
    aws = portal_session("eu-west-1")
    ranges = {"HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "170141183460469231731687303715884105727"}}
    parent = {"ShardId": "s-0", **ranges, "SequenceNumberRange": _range("1", "9")}
    child = {"ShardId": "s-1", "ParentShardId": "s-0", **ranges, "SequenceNumberRange": _range("9")}
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_response("list_shards", {"Shards": [parent], "NextToken": "more"}, {"StreamName": NAME})
        stub.add_response("list_shards", {"Shards": [child]}, {"NextToken": "more"})
        closed, opened = kinesis.list_shards(aws, NAME)
    assert (closed.is_open, opened.is_open) == (False, True)
    assert (opened.parent_shard_id, opened.adjacent_parent_shard_id) == ("s-0", None)
    assert opened.ending_hash_key == 2**127 - 1


def _range(start: str, end: str | None = None) -> dict[str, str]:
    return {"StartingSequenceNumber": start} | ({"EndingSequenceNumber": end} if end else {})
