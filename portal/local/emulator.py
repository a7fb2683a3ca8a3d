"""MiniStack with the IAM condition keys it leaves out, so that policies written for AWS hold in it as they stand.

MiniStack 1.5 evaluates conditions but never fills iam:PermissionsBoundary and iam:PolicyARN, so whatever is allowed
under one of them is refused. Served in place of `ministack.app:app`.
"""

from collections.abc import Mapping
from typing import Any

from ministack.app import app
from ministack.core import iam_actions

__all__ = ["app"]

# Of these the boundary is the one asked for; of every other call, the one the user or role has already.
_SETS_THE_BOUNDARY = frozenset({"CreateUser", "CreateRole", "PutUserPermissionsBoundary", "PutRolePermissionsBoundary"})
_request_tag_context = iam_actions.request_tag_context


def request_tag_context(service: str, iam_action: str, body: bytes, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition keys of a request: MiniStack's own, and those of IAM.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    """
    context: dict[str, Any] = dict(_request_tag_context(service, iam_action, body, params))
    if service == "iam":
        context |= {key: value for key, value in _iam_keys(iam_action, params).items() if value}
    return context


def _iam_keys(iam_action: str, params: Mapping[str, Any]) -> dict[str, str]:
    operation = iam_action.partition(":")[2]
    asked = operation in _SETS_THE_BOUNDARY
    boundary = _parameter(params, "PermissionsBoundary") if asked else _present_boundary(params)
    return {"iam:PermissionsBoundary": boundary, "iam:PolicyARN": _parameter(params, "PolicyArn")}


def _present_boundary(params: Mapping[str, Any]) -> str:
    from ministack.services import iam

    user, role = _parameter(params, "UserName"), _parameter(params, "RoleName")
    entity = (iam._users.get(user) if user else None) or (iam._roles.get(role) if role else None) or {}
    return str(entity.get("PermissionsBoundary") or "")


def _parameter(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "")


iam_actions.request_tag_context = request_tag_context
