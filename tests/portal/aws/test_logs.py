"""Log groups of deliveries."""

import re

import pytest
from botocore.session import get_session

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


@pytest.mark.parametrize("days", [1, 90, 3653, logs.NEVER_EXPIRES])
def test_the_retention_of_a_log_group_reads_back(aws: AwsSession, days: int) -> None:
    logs.ensure_log_group(aws, GROUP, {})
    logs.set_retention(aws, GROUP, 7)
    logs.set_retention(aws, GROUP, days)
    found = logs.describe_log_group(aws, GROUP)
    assert found is not None
    assert found.retention_days == days


def test_the_days_that_aws_accepts_are_those_of_its_documentation(aws: AwsSession) -> None:
    documented = get_session().get_service_model("logs").shape_for("Days").documentation
    assert [int(number) for number in re.findall(r"\d+", documented.partition("To set a log")[0])] == list(
        logs.RETENTION_DAYS
    )


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
