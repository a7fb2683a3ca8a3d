"""MiniStack's KMS with what IAM must know of it: whose tags a key carries, and which key an alias means."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import kms


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
def resource_tags(body: bytes) -> dict[str, str]:
    """Return the condition keys aws:ResourceTag/… of the key that a request is about."""
    request = _request_of(body)
    key = kms._resolve_key(str(request.get("KeyId") or request.get("TargetKeyId") or ""))
    return {f"aws:ResourceTag/{tag['TagKey']}": tag["TagValue"] for tag in (key or {}).get("Tags", ())}


def resource_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the ARN that IAM evaluates: of an alias's key, of the key to be named, or "" as MiniStack has it.

    For CreateAlias AWS asks about the alias and the key; here the tag of the key is evaluated, which is the stricter.
    """
    request = _request_of(body)
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    named = str(request.get("TargetKeyId") if operation == "CreateAlias" else request.get("KeyId") or "")
    key = kms._resolve_key(named) if named else None
    if key:
        return str(key["Arn"])
    if operation == "DescribeKey" and named.startswith("alias/"):
        # AWS tells that there is none only to those who may see some key.
        return f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{named.replace('/', '-')}"
    return ""


def _request_of(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
