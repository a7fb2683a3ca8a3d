"""AWS IoT's limits on what a request may contain, which MiniStack does not have. Sources: docs/devices.md.

https://docs.aws.amazon.com/general/latest/gr/iot-core.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import iot

POLICY_CHARACTERS = 2048  # without white space
POLICY_VERSIONS, POLICIES_OF_TARGET, ACTIONS_OF_RULE = 5, 10, 10
ATTRIBUTES, ATTRIBUTES_WITHOUT_TYPE = 50, 3
_POLICY = re.compile(r"/policies/([^/]+)(/version)?")
_Answer = tuple[int, dict[str, str], bytes]


def refused(method: str, path: str, body: bytes) -> _Answer | None:
    """Return AWS's refusal of a request beyond a limit, or None."""
    payload = _payload(body)
    if method == "POST" and (policy := _POLICY.fullmatch(path)):
        return _of_policy(policy[1], bool(policy[2]), str(payload.get("policyDocument", "")))
    if method == "PUT" and path.startswith("/target-policies/"):
        return _of_target(path.removeprefix("/target-policies/"), str(payload.get("target", "")))
    if method in {"POST", "PATCH"} and path.startswith("/rules/"):
        actions = (payload.get("topicRulePayload") or payload).get("actions") or ()
        return _invalid("Too many actions") if len(actions) > ACTIONS_OF_RULE else None
    if method == "POST" and path.startswith("/things/"):
        attributes = (payload.get("attributePayload") or {}).get("attributes") or {}
        most = ATTRIBUTES if payload.get("thingTypeName") else ATTRIBUTES_WITHOUT_TYPE
        return _invalid("The thing has too many attributes") if len(attributes) > most else None
    return None


def _of_policy(name: str, is_version: bool, document: str) -> _Answer | None:
    if len(re.sub(r"\s", "", document)) > POLICY_CHARACTERS:
        return _error("MalformedPolicyException", "Policy document exceeds the maximum size", 400)
    known = (iot._policies.get(name) or {}).get("versions", {})
    if is_version and len(known) >= POLICY_VERSIONS:
        return _error("VersionsLimitExceededException", f"The policy {name} already has the maximum of versions", 409)
    return None


def _of_target(name: str, target: str) -> _Answer | None:
    attached = [policy for policy in iot._policies.values() if target in policy.get("targets", ())]
    if len(attached) >= POLICIES_OF_TARGET and name not in {policy["policyName"] for policy in attached}:
        return _error("LimitExceededException", "The principal has the maximum of policies", 410)
    return None


def _invalid(text: str) -> _Answer:
    return _error("InvalidRequestException", text, 400)


def _error(code: str, text: str, status: int) -> _Answer:
    answer: _Answer = error_response_json(code, text, status)
    return answer


def _payload(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
