"""CloudTrail's event history: what an access key did, as far as AWS records it without a trail."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

MOST_EVENTS = 50
# Of global services such as IAM and STS, events are in this Region alone.
GLOBAL_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A management event of an access key: when, what was called, from which address, and AWS's error code if any.

    `source_address` is an IP address, or the name of the AWS service that made the call for the key's owner. With
    `vpc_endpoint_id` the address is one of a VPC.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """

    at: datetime
    service: str
    operation: str
    region: str
    source_address: str
    error_code: str
    vpc_endpoint_id: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain JSON."""
        return {
            "at": self.at.isoformat(),
            "service": self.service,
            "operation": self.operation,
            "region": self.region,
            "source_address": self.source_address,
            "error_code": self.error_code,
        }


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """Events of an access key in one Region, newest first; `is_whole` unless there are more pages than were read."""

    events: tuple[KeyEvent, ...]
    is_whole: bool


def events_of_key(aws: AwsSession, access_key_id: str) -> list[KeyEvent]:
    """Return the newest 50 management events of a key in the session's Region, newest first; raises AwsFault.

    They are those of the last 90 days, and appear within about 15 minutes. Records that were put are data events, which
    are not among them. AWS allows two calls a second for each account and Region.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    return list(_page(aws, access_key_id)[0])


def key_history(
    aws: AwsSession, access_key_id: str, *, since: datetime, most_pages: int, pace: Callable[[], None]
) -> KeyHistory:
    """Return a key's management events since a time in the session's Region; raises AwsFault.

    At most so many pages of 50 events are read, the newest first; `pace` is called before each, so that no more than
    AWS's two calls a second for an account and Region are made. A page can be empty and have a next one.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    found, more = list[KeyEvent](), dict[str, Any]()
    begin = since.replace(microsecond=0)  # times of events are whole seconds
    for _ in range(most_pages):
        pace()
        events, token = _page(aws, access_key_id, StartTime=begin, **more)
        found += events
        if not token:
            return KeyHistory(tuple(found), is_whole=True)
        more = {"NextToken": token}
    return KeyHistory(tuple(found), is_whole=False)


def _page(aws: AwsSession, access_key_id: str, **given: Any) -> tuple[list[KeyEvent], str]:
    attribute = {"AttributeKey": "AccessKeyId", "AttributeValue": access_key_id}
    answer = call(aws, "cloudtrail", "LookupEvents", LookupAttributes=[attribute], MaxResults=MOST_EVENTS, **given)
    return [_event(raw) for raw in answer.get("Events", ())], str(answer.get("NextToken") or "")


def _event(raw: Mapping[str, Any]) -> KeyEvent:
    try:
        detail = json.loads(raw.get("CloudTrailEvent") or "{}")
    except ValueError:
        detail = {}
    return KeyEvent(
        at=raw["EventTime"],
        service=str(raw.get("EventSource", "")),
        operation=str(raw.get("EventName", "")),
        region=str(detail.get("awsRegion", "")),
        source_address=str(detail.get("sourceIPAddress", "")),
        error_code=str(detail.get("errorCode", "")),
        vpc_endpoint_id=str(detail.get("vpcEndpointId", "")),
    )
