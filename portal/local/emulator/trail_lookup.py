"""CloudTrail's LookupEvents, by AWS's rules: one attribute, pages of 50 events, two calls a second.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import hashlib
import json
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudtrail

from portal.local.emulator.trail import Recorded, events_of

MOST_EVENTS = 50
CALLS_A_SECOND = 2  # of one account in one Region
KEPT_SECONDS = 90 * 24 * 3600
_calls: dict[tuple[str, str], deque[float]] = {}

_ATTRIBUTES: dict[str, Callable[[Recorded, str], bool]] = {
    "AccessKeyId": lambda row, value: row.access_key_id == value,
    "EventId": lambda row, value: row.event["eventID"] == value,
    "EventName": lambda row, value: row.event["eventName"] == value,
    "EventSource": lambda row, value: row.event["eventSource"] == value,
    "ReadOnly": lambda row, value: str(row.event["readOnly"]).lower() == value,
    "ResourceName": lambda row, value: any(found["ResourceName"] == value for found in row.resources),
    "ResourceType": lambda row, value: any(found["ResourceType"] == value for found in row.resources),
    "Username": lambda row, value: row.username == value,
}


def lookup_events(request: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Answer with the events of the account in the Region that the request asks for, newest first."""
    place = (get_account_id(), get_region())
    if not _may_call(place):
        return _error("ThrottlingException", "Rate exceeded")
    if refused := _refused(request):
        return _error(*refused)
    found = [row for row in events_of(*place) if _is_asked_for(row, request)]
    begin, size = _begin(request), int(request.get("MaxResults") or MOST_EVENTS)
    if begin is None:
        return _error("InvalidNextTokenException", "The token is not of a call with these parameters.")
    # By its event, and not by a number: events that were recorded since do not move the pages.
    if begin:
        ids = [row.event["eventID"] for row in found]
        found = found[ids.index(begin) + 1 :] if begin in ids else []
    page = found[:size]
    answer: dict[str, Any] = {"Events": [_described(row) for row in page]}
    if len(found) > size:
        answer["NextToken"] = f"{_digest(request)}/{page[-1].event['eventID']}"
    return _answer(200, answer)


def _may_call(place: tuple[str, str]) -> bool:
    now, calls = time.monotonic(), _calls.setdefault(place, deque(maxlen=CALLS_A_SECOND))
    if len(calls) == CALLS_A_SECOND and now - calls[0] < 1:
        return False
    calls.append(now)
    return True


def _refused(request: Mapping[str, Any]) -> tuple[str, str] | None:
    attributes = request.get("LookupAttributes") or []
    if len(attributes) > 1 or any(found.get("AttributeKey") not in _ATTRIBUTES for found in attributes):
        return "InvalidLookupAttributesException", "You can specify one lookup attribute, of those that are supported."
    if not 1 <= int(request.get("MaxResults", MOST_EVENTS)) <= MOST_EVENTS:
        return "InvalidMaxResultsException", f"The value must be between 1 and {MOST_EVENTS}."
    if float(request.get("StartTime", 0)) > float(request.get("EndTime", math.inf)):
        return "InvalidTimeRangeException", "The start time must be before the end time."
    return None


def _is_asked_for(row: Recorded, request: Mapping[str, Any]) -> bool:
    since, until = float(request.get("StartTime", 0)), float(request.get("EndTime", row.at))
    if not max(since, time.time() - KEPT_SECONDS) <= row.at <= until:
        return False
    attributes = request.get("LookupAttributes") or []
    return all(_ATTRIBUTES[found["AttributeKey"]](row, found["AttributeValue"]) for found in attributes)


def _begin(request: Mapping[str, Any]) -> str | None:
    """Return the event after which the page begins: "" for the first page, None for a token of other parameters."""
    token = str(request.get("NextToken") or "")
    if not token:
        return ""
    digest, _, event = token.partition("/")
    return event if digest == _digest(request) else None


def _digest(request: Mapping[str, Any]) -> str:
    same = {name: request.get(name) for name in ("LookupAttributes", "StartTime", "EndTime")}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:16]


def _described(row: Recorded) -> dict[str, Any]:
    return {
        "EventId": row.event["eventID"],
        "EventName": row.event["eventName"],
        "EventSource": row.event["eventSource"],
        "EventTime": row.at,
        "ReadOnly": str(row.event["readOnly"]).lower(),
        "AccessKeyId": row.access_key_id,
        "Username": row.username,
        "Resources": row.resources,
        "CloudTrailEvent": json.dumps(row.event),
    }


def _error(code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    return _answer(400, {"__type": code, "message": message})


def _answer(status: int, content: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(content).encode()


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    cloudtrail._DISPATCH["LookupEvents"] = lookup_events
