"""The integration as a consumer sees it: where its stream is, how to sign in, and who reads it. A value object."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST_SESSION_NAME = 64
_NOT_IN_A_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """A role that a consumer assumes. The external ID is no secret; "" where the role asks for none."""

    arn: str
    external_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConsumedStream:
    """A data stream for a program that reads it.

    `endpoint_url` is that of Kinesis, a FIPS one with `fips`. `shards` is None for an on-demand stream. `key_arn` is a
    customer managed KMS key, or None. Without a `role` a program signs in as itself: by its own role, a profile, or an
    access key. `fanout_arn` is the ARN of a registered consumer with enhanced fan-out, or "". `encoding` is that of the
    records: "json", or "text" for anything else. https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
    """

    integration_uid: str
    account_id: str
    region: str
    stream_name: str
    stream_arn: str
    endpoint_url: str
    fips: bool = False
    mode: str = "PROVISIONED"
    shards: int | None = 1
    retention_hours: int = 24
    key_arn: str | None = None
    role: AssumedRole | None = None
    fanout_arn: str = ""
    encoding: str = "json"

    @property
    def partition(self) -> str:
        """Return the partition of AWS, such as "aws"."""
        return self.stream_arn.split(":", 2)[1]

    @property
    def application(self) -> str:
        """Return the name of the reading application, by which its progress is stored: at most 135 characters."""
        return f"{self.stream_name}-reader"

    @property
    def session_name(self) -> str:
        """Return the name of the sessions of its role, as CloudTrail shows it: at most 64 characters.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        """
        return _NOT_IN_A_SESSION_NAME.sub("-", self.application)[:_LONGEST_SESSION_NAME]

    @property
    def fanout_name(self) -> str:
        """Return the name of the registered consumer, or "". ARNs end with /consumer/NAME:TIMESTAMP."""
        return self.fanout_arn.rpartition("/")[2].partition(":")[0]

    @property
    def is_on_demand(self) -> bool:
        """Return whether the stream is billed by volume."""
        return self.mode == "ON_DEMAND"
