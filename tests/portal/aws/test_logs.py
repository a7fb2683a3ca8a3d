"""Log groups of deliveries."""

import pytest

from portal.aws import logs
from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession

GROUP = "/aws/kinesisfirehose/sluice-harbour-to-s3"


def test_a_log_group_is_made_once(aws: AwsSession) -> None:
    assert logs.ensure_log_group(aws, GROUP, {"managed-by": "sluice"})
    assert not logs.ensure_log_group(aws, GROUP, {"managed-by": "sluice"})
    [group] = call(aws, "logs", "DescribeLogGroups", logGroupNamePrefix=GROUP)["logGroups"]
    assert call(aws, "logs", "ListTagsForResource", resourceArn=group["arn"].removesuffix(":*"))["tags"] == {
        "managed-by": "sluice"
    }


def test_a_log_group_tells_its_tags(aws: AwsSession) -> None:
    logs.ensure_log_group(aws, GROUP, {"managed-by": "sluice"})
    found = logs.describe_log_group(aws, GROUP)
    assert found is not None
    assert logs.log_group_tags(aws, found.arn) == {"managed-by": "sluice"}
    assert logs.log_group_tags(aws, f"{found.arn.removesuffix(':*')}-other") == {}


def test_a_log_stream_is_made_once(aws: AwsSession) -> None:
    logs.ensure_log_group(aws, GROUP, {"managed-by": "sluice"})
    assert logs.ensure_log_stream(aws, GROUP, "S3Delivery")
    assert not logs.ensure_log_stream(aws, GROUP, "S3Delivery")


def test_a_log_stream_without_its_group_is_a_fault(aws: AwsSession) -> None:
    with pytest.raises(AwsFault) as caught:
        logs.ensure_log_stream(aws, GROUP, "S3Delivery")
    assert caught.value.kind is FaultKind.NOT_FOUND


def test_deleting_twice_is_fine(aws: AwsSession) -> None:
    logs.ensure_log_group(aws, GROUP, {"managed-by": "sluice"})
    logs.delete_log_group(aws, GROUP)
    logs.delete_log_group(aws, GROUP)
    assert logs.ensure_log_group(aws, GROUP, {"managed-by": "sluice"})
