"""MiniStack's KMS with what IAM must know of it: whose tags a key carries, which key an alias means, and what else a
call requires."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import kms

_their_enforce = iam_evaluator.enforce
_request: ContextVar[dict[str, Any]] = ContextVar("kms_request")


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
def condition_keys(body: bytes) -> dict[str, str]:
    """Return the condition keys of a request: the tags of its key, and its encryption context."""
    request = _request_of(body)
    key = kms._resolve_key(str(request.get("KeyId") or request.get("TargetKeyId") or ""))
    tags = {f"aws:ResourceTag/{tag['TagKey']}": tag["TagValue"] for tag in (key or {}).get("Tags", ())}
    context = request.get("EncryptionContext")
    given = context.items() if isinstance(context, dict) else ()
    return tags | {f"kms:EncryptionContext:{name}".lower(): str(value) for name, value in given}


def resource_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the ARN that IAM evaluates: of an alias's key, of the key to be named, or "" as MiniStack has it."""
    request = _request_of(body)
    _request.set(request)
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    named = str(request.get("TargetKeyId") if operation == "CreateAlias" else request.get("KeyId") or "")
    key = kms._resolve_key(named) if named else None
    if key:
        return str(key["Arn"])
    if operation == "DescribeKey" and named.startswith("alias/"):
        # AWS tells that there is none only to those who may see some key.
        return f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{named.replace('/', '-')}"
    return ""


def enforce(
    access_key_id: str,
    iam_action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Mapping[str, Any] | None = None,
) -> Any:
    """Check a request as MiniStack does, and what AWS checks besides for CreateKey with tags and for CreateAlias."""
    denied = _their_enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    besides = None if denied else _besides(iam_action, region)
    if besides is None:
        return denied
    action, arn = besides
    return _their_enforce(access_key_id, action, service, region, arn, service_context)


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iam_evaluator.enforce = enforce


# https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html: to add tags at creation, the principal
# must have kms:TagResource in an IAM policy that is not restricted to particular keys. The new key has no tag yet.
# https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html: CreateAlias needs the alias and the key.
def _besides(iam_action: str, region: str) -> tuple[str, str] | None:
    place = f"arn:aws:kms:{region}:{get_account_id()}"
    if iam_action == "kms:CreateKey" and _request.get().get("Tags"):
        return "kms:TagResource", f"{place}:key/00000000-0000-4000-8000-000000000000"
    if iam_action == "kms:CreateAlias":
        return "kms:CreateAlias", f"{place}:{_request.get().get('AliasName', '')}"
    return None


def _request_of(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
