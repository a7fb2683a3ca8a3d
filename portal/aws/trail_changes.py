"""CloudTrail's event history: what was changed in a Region lately, by whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

MOST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A management event that is no read: when, what was called, by whom, and AWS's error code if it failed.

    `who` is the user or session as CloudTrail names it, `arn` its ARN. `parameters` is the request as JSON text, and
    empty where CloudTrail recorded none.
    """

    at: datetime
    service: str
    operation: str
    who: str
    arn: str
    error_code: str
    parameters: str


def newest_changes(aws: AwsSession, *, since: datetime) -> list[Change]:
    """Return the newest 50 changes in the session's Region, newest first; raises AwsFault.

    Events appear within about 15 minutes. AWS allows two calls a second for each account and Region, and one attribute.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    writes = {"AttributeKey": "ReadOnly", "AttributeValue": "false"}
    answer = call(aws, "cloudtrail", "LookupEvents", LookupAttributes=[writes], StartTime=since, MaxResults=MOST_EVENTS)
    return [_change(raw) for raw in answer.get("Events", ())]


def _change(raw: Mapping[str, Any]) -> Change:
    try:
        detail = json.loads(raw.get("CloudTrailEvent") or "{}")
    except ValueError:
        detail = {}
    parameters = detail.get("requestParameters")
    return Change(
        at=raw["EventTime"],
        service=str(raw.get("EventSource", "")).removesuffix(".amazonaws.com"),
        operation=str(raw.get("EventName", "")),
        who=str(raw.get("Username") or ""),
        arn=str(detail.get("userIdentity", {}).get("arn") or ""),
        error_code=str(detail.get("errorCode", "")),
        parameters=json.dumps(parameters) if parameters else "",
    )
