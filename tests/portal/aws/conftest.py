"""Two kinds of AWS for these tests: moto in this process, and an emulator that enforces IAM, in another."""

import os
from collections.abc import Iterator

import pytest
from moto import mock_aws

from portal.aws.assumed_roles import assume_role_anew
from portal.aws.kinesis import create_stream
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack

REGION = "eu-west-1"
CLIENT_ACCOUNT = "111122223333"
STREAM = "sluice-harbour"

NOT_THE_MACHINES = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@pytest.fixture(autouse=True)
def portal_key(request: pytest.FixtureRequest) -> Iterator[None]:
    if "cloud" in request.fixturenames:
        yield
        return
    with pytest.MonkeyPatch.context() as environment:
        forget_aws(environment)
        environment.setenv("AWS_ACCESS_KEY_ID", "AKIAPORTALPORTALPORT")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "portal-secret")
        yield


@pytest.fixture
def aws(portal_key: None) -> Iterator[AwsSession]:
    with mock_aws():
        yield assume_role_anew(
            role_arn=f"arn:aws:iam::{CLIENT_ACCOUNT}:role/SluiceAccess",
            external_id="sluice-test",
            session_name="test",
            region=REGION,
        )


@pytest.fixture(scope="module")
def cloud(ministack: MiniStack) -> Iterator[MiniStack]:
    with pytest.MonkeyPatch.context() as environment:
        forget_aws(environment)
        for name, value in ministack.environment.items():
            environment.setenv(name, value)
        yield ministack


def forget_aws(environment: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        environment.delenv(name)
    for name, value in NOT_THE_MACHINES.items():
        environment.setenv(name, value)


@pytest.fixture
def stream(aws: AwsSession) -> AwsSession:
    """Return a session of an account that has a data stream of two shards."""
    create_stream(aws, STREAM, mode="PROVISIONED", shard_count=2, tags={})
    return aws
