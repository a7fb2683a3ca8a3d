"""Consumers registered with a data stream, which read by enhanced fan-out: registered, described, deregistered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class RegisteredConsumer:
    """A registered consumer; `status` is CREATING, ACTIVE or DELETING. Its ARN ends with the time of its creation, so
    one that was registered again has another."""

    name: str
    arn: str
    status: str
    created_at: datetime


def find_consumer(aws: AwsSession, stream_arn: str, name: str) -> RegisteredConsumer | None:
    """Return the consumer of a stream with a name, or None: there is none, or there is no such stream.

    AWS allows 20 calls a second for each stream.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html
    """
    answer = get_or_none(aws, "kinesis", "DescribeStreamConsumer", StreamARN=stream_arn, ConsumerName=name)
    return None if answer is None else _consumer(answer["ConsumerDescription"])


def register_consumer(aws: AwsSession, stream_arn: str, name: str, *, tags: Mapping[str, str]) -> RegisteredConsumer:
    """Register a consumer with a stream; it is CREATING first, and has its tags from the start.

    Raises AwsFault: CONFLICT where the name is registered or the stream is not ACTIVE, QUOTA or THROTTLED where the
    stream has as many consumers as AWS allows, five are CREATING, or five calls were made in a second.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
    """
    request = {"StreamARN": stream_arn, "ConsumerName": name, "Tags": dict(tags)}
    return _consumer(call(aws, "kinesis", "RegisterStreamConsumer", **request)["Consumer"])


def deregister_consumer(aws: AwsSession, arn: str) -> None:
    """Deregister a consumer, which is DELETING first; no error where it does not exist.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html
    """
    delete_if_exists(aws, "kinesis", "DeregisterStreamConsumer", ConsumerARN=arn)


def consumer_tags(aws: AwsSession, arn: str) -> dict[str, str]:
    """Return the tags of a consumer; none where it does not exist.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html
    """
    answer = get_or_none(aws, "kinesis", "ListTagsForResource", ResourceARN=arn) or {}
    return {tag["Key"]: tag.get("Value", "") for tag in answer.get("Tags", ())}


def tag_consumer(aws: AwsSession, arn: str, tags: Mapping[str, str]) -> None:
    """Add tags to a consumer; other tags are kept.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html
    """
    call(aws, "kinesis", "TagResource", ResourceARN=arn, Tags=dict(tags))


def _consumer(raw: Mapping[str, Any]) -> RegisteredConsumer:
    return RegisteredConsumer(
        name=raw["ConsumerName"],
        arn=raw["ConsumerARN"],
        status=raw["ConsumerStatus"],
        created_at=raw["ConsumerCreationTimestamp"],
    )
