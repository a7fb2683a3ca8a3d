"""What AWS rejects of policies with principals, beyond what MiniStack checks: of streams, and of roles of consumers.

IAM rejects a missing principal in the trust policy of any role. Here only roles below the consumers' path are checked:
other tests create roles for principals that no account of theirs has.
"""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import iam, kinesis

from portal.local.emulator.shard_limits import ReadLimits

LARGEST = 20 * 1024
CONSUMERS = "/sluice/consumers/"
_ENTITY = re.compile(r"arn:aws:iam::(\d{12}):(user|role)/(?:.*/)?([^/]+)")
_ACCOUNT = re.compile(r"\d{12}|arn:aws:iam::\d{12}:root")
_Answer = tuple[int, dict[str, str], bytes]
_limits = ReadLimits()  # five calls in a second, as of a shard
_their_error = kinesis._policy_error


# https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
def policy_error(text: str, resource_arn: str, kind: str) -> str | None:
    """Return the message that AWS gives a policy, or None: no wildcard, only accounts, users and roles that exist."""
    if found := _their_error(text, resource_arn, kind):
        return str(found)
    if len(text.encode()) > LARGEST:
        return f"The policy is larger than {LARGEST} bytes."
    statements = json.loads(text)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if message := _statement_error(statement):
            return message
    return None


def throttled(operation: str) -> _Answer | None:
    """Answer the sixth call of an operation on resource policies in a second, in one account and Region."""
    if _limits.admit((get_account_id(), f"{get_region()} {operation}"), time.time()):
        return None
    message = f"Rate exceeded for account {get_account_id()}: {operation}."
    answer: _Answer = error_response_json("LimitExceededException", message, 400)
    return answer


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    kinesis._policy_error = policy_error
    for operation, document in (
        ("CreateRole", "AssumeRolePolicyDocument"),
        ("UpdateAssumeRolePolicy", "PolicyDocument"),
    ):
        iam._IAM_HANDLERS[operation] = _with_principals(iam._IAM_HANDLERS[operation], document)


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
def _with_principals(handle: Any, document: str) -> Any:
    """Return a handler that rejects a trust policy which names a principal that does not exist."""

    def handled(params: Any) -> Any:
        known = iam._roles.get(iam._p(params, "RoleName")) or {}
        if str(known.get("Path") or iam._p(params, "Path") or "/").startswith(CONSUMERS):
            try:
                statements = json.loads(iam._p(params, document))["Statement"]
            except (ValueError, KeyError, TypeError):
                return handle(params)
            for statement in statements if isinstance(statements, list) else [statements]:
                # Anyone is a principal of a trust policy, and of no resource policy of a stream.
                anyone = statement.get("Principal") in ("*", {"AWS": "*"})
                if not anyone and (message := _statement_error(statement)):
                    return iam._error(400, "MalformedPolicyDocument", message, ns="iam")
        return handle(params)

    return handled


def _statement_error(statement: Mapping[str, Any]) -> str | None:
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or set(principal) != {"AWS"}:
        return "Only AWS accounts, IAM users and IAM roles are supported as principals."
    named = principal["AWS"]
    for arn in named if isinstance(named, list) else [named]:
        if not _exists(str(arn)):
            return f'Invalid principal in policy: "AWS":"{arn}"'
    return None


def _exists(principal: str) -> bool:
    if _ACCOUNT.fullmatch(principal):
        return True
    found = _ENTITY.fullmatch(principal)
    if found is None:
        return False
    account_id, kind, name = found.groups()
    rows = iam._users if kind == "user" else iam._roles
    row = rows.get_scoped(account_id, None, name)
    return row is not None and row["Arn"] == principal
