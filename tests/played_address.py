"""The address that a request plays: the emulator reads it from a header, as all requests come from this machine."""

from typing import Any

from portal.aws.session import AwsSession

HEADER = "X-Sluice-Source-IP"


def coming_from(aws: AwsSession, address: str) -> AwsSession:
    """The same identity, whose requests to Kinesis come from an address."""
    there = AwsSession(region=aws.region, credentials=aws.credentials)

    def addressed(request: Any, **_: Any) -> None:
        request.headers[HEADER] = address

    there.client("kinesis").meta.events.register("before-sign.kinesis", addressed)
    return there
