"""Who reads a data stream: its enhanced fan-out consumers, and the Lambda functions that AWS calls with its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Consumer:
    """An enhanced fan-out consumer; `status` is CREATING, ACTIVE or DELETING."""

    name: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventSourceMapping:
    """What has Lambda call a function with a stream's records; `state` such as Enabled or Disabled.

    `function` is its name, with the version or alias if there is one. `last_result` is AWS's, such as "OK" or "PROBLEM:
    Function call failed".
    """

    uuid: str
    function: str
    state: str
    last_result: str


def stream_consumers(aws: AwsSession, stream_arn: str, *, most: int) -> list[Consumer]:
    """Return up to `most` registered consumers of a stream. Raises AwsFault.

    AWS allows five calls a second for each stream.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html
    """
    found, request = list[Consumer](), {"StreamARN": stream_arn, "MaxResults": 100}
    while len(found) < most:
        answer = call(aws, "kinesis", "ListStreamConsumers", **request)
        found += [
            Consumer(raw["ConsumerName"], raw["ConsumerStatus"], raw["ConsumerCreationTimestamp"])
            for raw in answer["Consumers"]
        ]
        if not answer.get("NextToken"):
            break
        request = {"StreamARN": stream_arn, "MaxResults": 100, "NextToken": answer["NextToken"]}
    return found[:most]


def event_source_mappings(aws: AwsSession, stream_arn: str, *, most: int) -> list[EventSourceMapping]:
    """Return up to `most` mappings of a stream to Lambda functions. Raises AwsFault.

    A mapping whose source is a consumer of the stream has the consumer's ARN, and is not among them.
    https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
    """
    found, request = list[EventSourceMapping](), dict[str, Any](EventSourceArn=stream_arn, MaxItems=100)
    while len(found) < most:
        answer = call(aws, "lambda", "ListEventSourceMappings", **request)
        found += [_mapping(raw) for raw in answer["EventSourceMappings"]]
        if not answer.get("NextMarker"):
            break
        request = {"EventSourceArn": stream_arn, "MaxItems": 100, "Marker": answer["NextMarker"]}
    return found[:most]


def _mapping(raw: Mapping[str, Any]) -> EventSourceMapping:
    # arn:aws:lambda:eu-west-1:111122223333:function:name[:version]
    function = str(raw.get("FunctionArn", "")).partition(":function:")[2]
    return EventSourceMapping(
        uuid=raw["UUID"],
        function=function,
        state=str(raw.get("State", "")),
        last_result=str(raw.get("LastProcessingResult") or ""),
    )
