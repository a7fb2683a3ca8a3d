"""CloudTrail's record of what was called, with which access key, from where, and with which result.

Recorded are the management events of authenticated requests, as AWS does without any trail. Data events, such as
PutRecord, are not among them. Nothing is kept when the emulator stops.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-events.html
"""

import json
import re
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack import app as server
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudtrail

from portal.local.emulator import network

_KEPT = 10_000  # events of one account and Region
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
_DATA_EVENTS = {
    "kinesis": {"GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard"},
    "firehose": {"PutRecord", "PutRecordBatch"},
    "monitoring": {"GetMetricData", "GetMetricWidgetImage", "PutMetricData"},
    "logs": {"PutLogEvents"},
    # By the names of IAM's actions: ListBucket is ListObjects.
    "s3": {"AbortMultipartUpload", "DeleteObject", "GetObject", "ListBucket", "PutObject"},
}
_ALL_DATA = frozenset().union(*_DATA_EVENTS.values())
# Since November 2021 they are in this Region alone. STS has an endpoint in every Region, and its events are there.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
_GLOBAL_SERVICES = {"cloudfront": "us-east-1", "iam": "us-east-1", "organizations": "us-east-1"}
# An identity that AWS does not know has no account whose history could show the request.
_NOT_AUTHENTICATED = re.compile("InvalidClientTokenId|UnrecognizedClient|Signature|ExpiredToken|MissingAuth")
_READS = ("Describe", "Get", "Head", "List", "Lookup")
_CODE = re.compile(rb'<Code>([A-Za-z.]+)</Code>|"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z.]+)"')
_TEXT = re.compile(rb'<Message>([^<]*)</Message>|"[mM]essage"\s*:\s*"((?:[^"\\]|\\.)*)"')
_their_dispatch = server._dispatch_service_request


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event: the moment in seconds, who called, and CloudTrail's own JSON."""

    at: int
    username: str
    access_key_id: str
    resources: list[dict[str, str]]
    event: dict[str, Any]


_events: dict[tuple[str, str], deque[Recorded]] = {}


def events_of(account_id: str, region: str) -> list[Recorded]:
    """Return the events of an account and Region, newest first."""
    return list(reversed(_events.get((account_id, region), ())))


async def dispatch(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any], request_id: str
) -> Any:
    """Answer a request as MiniStack does, and record it."""
    answer = await _their_dispatch(method, path, headers, body, query_params, request_id)
    if headers.get("x-amz-target", "").rpartition(".")[2] not in _ALL_DATA:
        params = server._routing_params(method, path, headers, body, query_params)
        service = router.detect_service(method, path, headers, params)
        _record(service, method, path, headers, body, params, answer)
    return answer


def _record(
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    params: Mapping[str, Any],
    answer: tuple[int, Mapping[str, str], Any],
) -> None:
    action = iam_actions.extract_iam_action(service, method, path, headers, body, dict(params)) or ""
    operation = action.partition(":")[2] or server._ct_event_name(service, method, path, headers, dict(params))
    key = server.extract_access_key_id(headers, dict(params)) or ""
    code = _error_code(answer)
    if operation in _DATA_EVENTS.get(service, ()) or not key or _NOT_AUTHENTICATED.search(code):
        return
    region = _GLOBAL_SERVICES.get(service) or get_region()
    at, identity = int(time.time()), _identity(key)
    event = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": operation,
        "awsRegion": region,
        "sourceIPAddress": iam_evaluator._request_origin.get()[0],
        "userAgent": headers.get("user-agent", ""),
        **({"errorCode": code, "errorMessage": _error_text(answer)} if code else {}),
        "requestParameters": cloudtrail._scrub(server._ct_request_params(headers, body, dict(params))) or None,
        "eventID": str(uuid.uuid4()),
        "readOnly": operation.startswith(_READS),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": get_account_id(),
        **({"vpcEndpointId": network.came_through()} if network.came_through() else {}),
    }
    resources = server._ct_resources(service, method, path, body)
    row = Recorded(at, identity["userName"], key, resources, event)
    _events.setdefault((get_account_id(), region), deque(maxlen=_KEPT)).append(row)


# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
def _identity(access_key_id: str) -> dict[str, str]:
    found = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    arn, kind = getattr(found, "arn", ""), getattr(found, "type", "")
    return {
        "type": {"User": "IAMUser"}.get(kind, kind),
        "arn": arn,
        "accountId": get_account_id(),
        "accessKeyId": access_key_id,
        "userName": arn.rpartition("/")[2] or "root",
    }


def _error_code(answer: tuple[int, Mapping[str, str], Any]) -> str:
    status, _, body = answer
    if status < 400:
        return ""
    text = body if isinstance(body, bytes) else str(body).encode()
    found = _CODE.search(text)
    return next((part.decode() for part in found.groups() if part), "") if found else json.dumps(status)


def _error_text(answer: tuple[int, Mapping[str, str], Any]) -> str:
    """Return AWS's text of an error, at most 1 KB, as an event has it."""
    body = answer[2]
    found = _TEXT.search(body if isinstance(body, bytes) else str(body).encode())
    text = next((part for part in found.groups() if part), b"") if found else b""
    return text.decode(errors="replace")[:1024]


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    server._dispatch_service_request = dispatch
