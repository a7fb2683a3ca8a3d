"""A VPC endpoint as the emulator knows one: a request that is sent to its DNS name came through it."""

from typing import Any

from portal.aws.session import AwsSession

REGION = "eu-west-1"
ID = "vpce-0123456789abcdef0"
NAME = f"{ID}-a1b2c3d4.kinesis.{REGION}.vpce.amazonaws.com"
OTHER_ID = "vpce-0fedcba9876543210"
OTHER_NAME = f"{OTHER_ID}-a1b2c3d4.kinesis.{REGION}.vpce.amazonaws.com"


def through(name: str, aws: AwsSession) -> AwsSession:
    """The same identity, whose requests to Kinesis come through the VPC endpoint of a DNS name."""
    inside = AwsSession(region=aws.region, credentials=aws.credentials, account_id=aws.account_id)

    def addressed(request: Any, **_: Any) -> None:
        request.headers["Host"] = name

    inside.client("kinesis").meta.events.register("before-sign.kinesis", addressed)
    return inside
