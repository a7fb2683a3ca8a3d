"""MiniStack's AWS IoT with the rules that it does not have: a role must be passed, and a thing type deleted late.

https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThingType.html
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, json_response
from ministack.services import iot

# AWS deletes a thing type so many seconds after its deprecation; this tag of a thing type has another number.
DEPRECATED_SECONDS, WAIT_TAG = 300, "emulator:deprecated-seconds"
_PASSING = {"iot:CreateTopicRule", "iot:ReplaceTopicRule"}
_Answer = tuple[int, dict[str, str], bytes]
_their_delete_type = iot._delete_thing_type
_their_create_thing = iot._create_thing
_body: ContextVar[bytes] = ContextVar("iot_body", default=b"")


def note(service: str, body: bytes) -> None:
    """Keep the body of a request to AWS IoT, for `enforce`."""
    _body.set(body if service == "iot" else b"")


def resource_of(path: str, body: bytes) -> str:
    """Return the ARN that IAM evaluates for AttachPolicy and DetachPolicy: their target; "" of other requests."""
    if not path.startswith("/target-policies/"):
        return ""
    payload = _payload(body)
    target = payload.get("target") if isinstance(payload, dict) else ""
    return str(target or "")


def create_thing(name: str, payload: Mapping[str, Any]) -> _Answer:
    """Create a thing, unless its type is deprecated."""
    kind = iot._thing_types.get(payload.get("thingTypeName") or "") or {}
    if (kind.get("thingTypeMetadata") or {}).get("deprecated") and name not in iot._things:
        text = f"Can not create new thing with deprecated thing type:{payload.get('thingTypeName')}"
        refused: _Answer = error_response_json("InvalidRequestException", text, 400)
        return refused
    answer: _Answer = _their_create_thing(name, payload)
    return answer


# https://docs.aws.amazon.com/iot/latest/apireference/API_ListCertificates.html
def list_certificates(query: Mapping[str, str]) -> _Answer:
    """Return a page of certificates in the order of their creation."""
    is_ascending = str(query.get("isAscendingOrder", "false")).lower() == "true"
    found = sorted(iot._certificates.values(), key=lambda row: float(row["creationDate"]), reverse=not is_ascending)
    size, start = int(query.get("pageSize") or 250), int(query.get("marker") or 0)
    fields = ("certificateArn", "certificateId", "status", "creationDate")
    rows = [{name: row[name] for name in fields} for row in found[start : start + size]]
    more = {"nextMarker": str(start + size)} if start + size < len(found) else {}
    answer: _Answer = json_response({"certificates": rows, **more})
    return answer


def delete_thing_type(name: str) -> _Answer:
    """Delete a thing type that was deprecated long enough ago."""
    found = iot._thing_types.get(name)
    since = (found or {}).get("thingTypeMetadata", {}).get("deprecationDate")
    if found and since and time.time() < since + _wait(found["thingTypeArn"]):
        text = f"Cannot delete thing type : {name}. Please wait for 5 minutes after deprecation and then retry"
        refused: _Answer = error_response_json("InvalidRequestException", text, 400)
        return refused
    answer: _Answer = _their_delete_type(name)
    return answer


def enforce(
    their_enforce: Callable[..., Any],
    access_key_id: str,
    iam_action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Mapping[str, Any] | None = None,
) -> Any:
    """Check a request as MiniStack does, and that each role of a topic rule may be passed to AWS IoT."""
    denied = their_enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    if denied or iam_action not in _PASSING:
        return denied
    passed = {"iam:PassedToService": "iot.amazonaws.com"}
    for role_arn in sorted(set(_role_arns(_payload(_body.get())))):
        denied = their_enforce(access_key_id, "iam:PassRole", service, region, role_arn, passed)
        if denied:
            return denied
    return None


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iot._create_thing = create_thing
    iot._list_certificates = list_certificates
    iot._delete_thing_type = delete_thing_type
    iam_evaluator.enforce = partial(enforce, iam_evaluator.enforce)


def _wait(arn: str) -> float:
    tags = iot._tags.get(arn) or {}
    pairs = tags.items() if isinstance(tags, Mapping) else ((tag["Key"], tag["Value"]) for tag in tags)
    return float(dict(pairs).get(WAIT_TAG, DEPRECATED_SECONDS))


def _role_arns(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name == "roleArn" and isinstance(member, str):
                yield member
            else:
                yield from _role_arns(member)
    elif isinstance(value, list):
        for item in value:
            yield from _role_arns(item)


def _payload(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}
