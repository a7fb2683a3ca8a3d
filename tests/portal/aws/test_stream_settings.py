"""The settings of a data stream are changed."""

import pytest
from botocore.stub import Stubber

from portal.aws import kinesis
from portal.aws.session import AwsSession, portal_session
from portal.aws.stream_settings import (
    SHARD_LEVEL_METRICS,
    disable_shard_level_metrics,
    enable_shard_level_metrics,
    set_retention,
    start_encryption,
    stop_encryption,
    update_shard_count,
)
from tests.portal.aws.conftest import STREAM


def present(aws: AwsSession) -> kinesis.Stream:
    found = kinesis.describe_stream(aws, STREAM)
    assert found is not None
    return found


@pytest.mark.parametrize(("current", "wanted"), [(24, 48), (24, 24)])
def test_retention_grows_or_stays(stream: AwsSession, current: int, wanted: int) -> None:
    set_retention(stream, STREAM, current_hours=current, wanted_hours=wanted)
    assert present(stream).retention_hours == wanted


def test_retention_shrinks(stream: AwsSession) -> None:
    set_retention(stream, STREAM, current_hours=24, wanted_hours=72)
    set_retention(stream, STREAM, current_hours=72, wanted_hours=24)
    assert present(stream).retention_hours == 24


def test_retention_as_wanted_asks_aws_nothing() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")):  # refuses whatever it does not expect
        set_retention(aws, STREAM, current_hours=24, wanted_hours=24)


def test_shard_level_metrics_are_switched(stream: AwsSession) -> None:
    enable_shard_level_metrics(stream, STREAM)
    assert present(stream).shard_level_metrics == SHARD_LEVEL_METRICS
    disable_shard_level_metrics(stream, STREAM, ["IncomingBytes"])
    assert present(stream).shard_level_metrics == SHARD_LEVEL_METRICS - {"IncomingBytes"}


def test_all_metrics_means_each_of_the_seven(stream: AwsSession) -> None:
    enable_shard_level_metrics(stream, STREAM, ["ALL"])
    assert present(stream).shard_level_metrics == SHARD_LEVEL_METRICS
    assert len(SHARD_LEVEL_METRICS) == 7


def test_encryption_is_switched(stream: AwsSession) -> None:
    start_encryption(stream, STREAM, "alias/aws/kinesis")
    assert (present(stream).encryption_type, present(stream).key_id) == ("KMS", "alias/aws/kinesis")
    stop_encryption(stream, STREAM, "alias/aws/kinesis")
    assert present(stream).encryption_type == "NONE"


def test_the_shard_count_changes_uniformly() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        asked = {"StreamName": STREAM, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}
        stub.add_response("update_shard_count", {}, asked)
        update_shard_count(aws, STREAM, 4)
