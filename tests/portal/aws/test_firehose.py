"""Delivery by Firehose."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from portal.aws import firehose
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.firehose_settings import differing_settings
from portal.aws.session import AwsSession, portal_session

NAME = "sluice-harbour-to-s3"
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-harbour"
ROLE = "arn:aws:iam::111122223333:role/sluice/sluice-firehose"
SETTINGS: dict[str, Any] = {
    "RoleARN": ROLE,
    "BucketARN": "arn:aws:s3:::sluice-harbour-records",
    "Prefix": "sensors/!{timestamp:yyyy/MM/dd}/",
    "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
    "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
    "CompressionFormat": "GZIP",
}


@pytest.fixture
def delivery(aws: AwsSession) -> AwsSession:
    make(aws)
    return aws


def make(aws: AwsSession) -> None:
    firehose.create_delivery_stream(
        aws,
        NAME,
        stream_arn=STREAM,
        role_arn=ROLE,
        destination="ExtendedS3Destination",
        configuration=SETTINGS,
        tags={"managed-by": "sluice"},
    )


def present(aws: AwsSession) -> firehose.DeliveryStream:
    found = firehose.describe_delivery_stream(aws, NAME)
    assert found is not None
    return found


def test_a_delivery_that_is_absent_is_none(aws: AwsSession) -> None:
    assert firehose.describe_delivery_stream(aws, NAME) is None


def test_a_delivery_reads_back(delivery: AwsSession) -> None:
    found = present(delivery)
    assert (found.name, found.status, found.source_stream_arn) == (NAME, "ACTIVE", STREAM)
    assert found.destination == "ExtendedS3Destination"
    assert differing_settings(SETTINGS, found.settings) == []
    assert found.failure is None
    assert firehose.delivery_tags(delivery, NAME) == {"managed-by": "sluice"}


def test_a_second_delivery_of_the_name_is_a_conflict(delivery: AwsSession) -> None:
    with pytest.raises(AwsFault) as caught:
        make(delivery)
    assert caught.value.kind is FaultKind.CONFLICT


def test_a_delivery_is_changed(delivery: AwsSession) -> None:
    wanted = SETTINGS | {"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 300}, "Prefix": "p/"}
    differing = differing_settings(wanted, present(delivery).settings)
    assert [(setting.path, setting.wanted, setting.found) for setting in differing] == [
        ("Prefix", "p/", SETTINGS["Prefix"]),
        ("BufferingHints.SizeInMBs", 64, 5),
    ]
    firehose.update_destination(delivery, present(delivery), wanted)
    assert differing_settings(wanted, present(delivery).settings) == []


def test_a_change_on_old_knowledge_is_a_conflict(delivery: AwsSession) -> None:
    stale = replace(present(delivery), version_id="99")
    with pytest.raises(AwsFault) as caught:
        firehose.update_destination(delivery, stale, SETTINGS)
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, True)


def test_tags_are_added(delivery: AwsSession) -> None:
    firehose.tag_delivery_stream(delivery, NAME, {"a": "1"})
    assert firehose.delivery_tags(delivery, NAME) == {"managed-by": "sluice", "a": "1"}


def test_deleting_twice_is_fine(delivery: AwsSession) -> None:
    firehose.delete_delivery_stream(delivery, NAME)
    firehose.delete_delivery_stream(delivery, NAME)
    assert firehose.describe_delivery_stream(delivery, NAME) is None


def test_a_failed_delivery_says_why() -> None:
    aws = portal_session("eu-west-1")
    raw = {
        "DeliveryStreamName": NAME,
        "DeliveryStreamARN": f"arn:aws:firehose:eu-west-1:111122223333:deliverystream/{NAME}",
        "DeliveryStreamStatus": "CREATING_FAILED",
        "DeliveryStreamType": "KinesisStreamAsSource",
        "FailureDescription": {"Type": "KMS_ACCESS_DENIED", "Details": "no right to the key"},
        "VersionId": "1",
        "Destinations": [],
        "HasMoreDestinations": False,
    }
    with Stubber(aws.client("firehose")) as stub:
        stub.add_response("describe_delivery_stream", {"DeliveryStreamDescription": raw})
        found = present(aws)
    assert (found.status, found.failure) == ("CREATING_FAILED", "KMS_ACCESS_DENIED: no right to the key")
    assert (found.destination, found.source_stream_arn) == ("", None)


def test_tags_are_read_over_all_pages() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("firehose")) as stub:
        first = {"Tags": [{"Key": "a", "Value": "1"}], "HasMoreTags": True}
        rest = {"Tags": [{"Key": "b", "Value": "2"}], "HasMoreTags": False}
        stub.add_response("list_tags_for_delivery_stream", first, {"DeliveryStreamName": NAME})
        asked = {"DeliveryStreamName": NAME, "ExclusiveStartTagKey": "a"}
        stub.add_response("list_tags_for_delivery_stream", rest, asked)
        assert firehose.delivery_tags(aws, NAME) == {"a": "1", "b": "2"}
