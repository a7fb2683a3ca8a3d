"""CloudTrail's event history: what an access key did, as far as AWS records it without a trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    """A management event of an access key: when, what was called, from which address, and AWS's error code if any."""

    at: datetime
    service: str
    operation: str
    region: str
    source_address: str
    error_code: str

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


def events_of_key(aws: AwsSession, access_key_id: str) -> list[KeyEvent]:
    """Return the newest 50 management events of a key in the session's Region, newest first; raises AwsFault.

    They are those of the last 90 days, and appear within about 15 minutes. Records that were put are data events, which
    are not among them. AWS allows two calls a second for each account and Region.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    attribute = {"AttributeKey": "AccessKeyId", "AttributeValue": access_key_id}
    answer = call(aws, "cloudtrail", "LookupEvents", LookupAttributes=[attribute], MaxResults=MOST_EVENTS)
    return [_event(raw) for raw in answer.get("Events", ())]


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
    )
