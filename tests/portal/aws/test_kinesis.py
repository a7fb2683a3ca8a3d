"""The data stream and its tags."""

import pytest
from botocore.stub import Stubber

from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession, portal_session
from tests.portal.aws.conftest import STREAM


def present(aws: AwsSession) -> kinesis.Stream:
    found = kinesis.describe_stream(aws, STREAM)
    assert found is not None
    return found


def test_a_stream_that_is_absent_is_none(aws: AwsSession) -> None:
    assert kinesis.describe_stream(aws, STREAM) is None


def test_a_provisioned_stream_has_its_shards(stream: AwsSession) -> None:
    found = present(stream)
    assert (found.name, found.status, found.mode) == (STREAM, "ACTIVE", "PROVISIONED")
    assert (found.open_shard_count, found.retention_hours) == (2, 24)
    assert (found.encryption_type, found.key_id, found.shard_level_metrics) == ("NONE", None, frozenset())
    assert found.arn == f"arn:aws:kinesis:eu-west-1:111122223333:stream/{STREAM}"
    assert found.created_at.tzinfo is not None


def test_an_on_demand_stream_names_no_shard_count() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        asked = {"StreamName": STREAM, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "Tags": {"a": "b"}}
        stub.add_response("create_stream", {}, asked)
        kinesis.create_stream(aws, STREAM, mode="ON_DEMAND", shard_count=None, tags={"a": "b"})


def test_a_second_stream_of_the_name_is_a_conflict(stream: AwsSession) -> None:
    with pytest.raises(AwsFault) as caught:
        kinesis.create_stream(stream, STREAM, mode="PROVISIONED", shard_count=1, tags={})
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, False)


def test_tags_are_added_to_those_there(stream: AwsSession) -> None:
    kinesis.tag_stream(stream, STREAM, {"a": "1", "b": "2"})
    kinesis.tag_stream(stream, STREAM, {"b": "3"})
    assert kinesis.stream_tags(stream, STREAM) == {"a": "1", "b": "3"}


def test_tags_are_read_over_all_pages() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        first = {"Tags": [{"Key": "a", "Value": "1"}], "HasMoreTags": True}
        rest = {"Tags": [{"Key": "b"}], "HasMoreTags": False}
        stub.add_response("list_tags_for_stream", first, {"StreamName": STREAM})
        stub.add_response("list_tags_for_stream", rest, {"StreamName": STREAM, "ExclusiveStartTagKey": "a"})
        assert kinesis.stream_tags(aws, STREAM) == {"a": "1", "b": ""}


def test_deleting_twice_is_fine(stream: AwsSession) -> None:
    kinesis.delete_stream(stream, STREAM)
    kinesis.delete_stream(stream, STREAM)
    assert kinesis.describe_stream(stream, STREAM) is None
