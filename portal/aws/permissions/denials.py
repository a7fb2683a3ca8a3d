"""Why AWS denied a call: the kind of policy that did, from AWS's own text, and the statement that fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message


class DenialCause(StrEnum):
    """What denied a call, or keeps it from being allowed yet."""

    IDENTITY_POLICY = "identity policy"
    BOUNDARY = "permissions boundary"
    SCP = "service control policy"
    RCP = "resource control policy"
    SESSION_POLICY = "session policy"
    ENDPOINT_POLICY = "VPC endpoint policy"
    RESOURCE_POLICY = "resource policy"
    KMS = "KMS key"
    PROPAGATING = "still propagating"
    UNKNOWN = "AWS does not say"


@dataclass(frozen=True, slots=True)
class Remedy:
    """How to fix a denial, and the statement to copy (None where there is none)."""

    todo: Message | None
    statement: dict[str, Any] | None = None


# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_AWS_TEXT = (
    ("service control policy", DenialCause.SCP),
    ("resource control policy", DenialCause.RCP),
    ("permissions boundary", DenialCause.BOUNDARY),
    ("session policy", DenialCause.SESSION_POLICY),
    ("vpc endpoint policy", DenialCause.ENDPOINT_POLICY),
    ("resource-based policy", DenialCause.RESOURCE_POLICY),
    ("identity-based policy", DenialCause.IDENTITY_POLICY),
)


def cause_in(aws_text: str) -> DenialCause:
    """Return the kind of policy that AWS's text of a denial names."""
    text = aws_text.lower()
    return next((cause for part, cause in _AWS_TEXT if part in text), DenialCause.UNKNOWN)


def denial_cause(fault: AwsFault, action: str, *, is_new: bool = False) -> DenialCause:
    """Return what denied a call; `is_new`: the role is so new that it may not be active everywhere yet."""
    if fault.kind is FaultKind.PROPAGATING:
        return DenialCause.PROPAGATING
    text = fault.aws_text.lower()
    found = cause_in(fault.aws_text)
    if fault.code.startswith("KMS") or (not action.startswith("kms:") and " kms:" in text):
        return DenialCause.KMS
    if is_new and found in {DenialCause.IDENTITY_POLICY, DenialCause.UNKNOWN} and not is_explicit(fault.aws_text):
        return DenialCause.PROPAGATING
    return found


def is_explicit(aws_text: str) -> bool:
    """Return whether AWS named a Deny, which no Allow can override."""
    return "explicit deny" in aws_text.lower()


def remedy_of(
    cause: DenialCause, statement: Mapping[str, Any], *, policy: str, role_arn: str, is_explicit_deny: bool = False
) -> Remedy:
    """Return what fixes the denial of something that the grant allows by `statement`."""
    exemption = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": role_arn}}}
    denied: dict[str, str] = {"cause": str(cause), "action": str(statement["Action"])}
    if cause is DenialCause.PROPAGATING:
        return Remedy(Message("permissions.fix_propagating"))
    if cause in {DenialCause.SCP, DenialCause.RCP}:
        return Remedy(Message("permissions.fix_organisation_policy", **denied), exemption)
    if is_explicit_deny:
        return Remedy(Message("permissions.fix_explicit_deny", **denied), exemption)
    if cause is DenialCause.BOUNDARY:
        return Remedy(Message("permissions.fix_boundary"), dict(statement))
    if cause is DenialCause.ENDPOINT_POLICY:
        return Remedy(Message("permissions.fix_endpoint_policy"), {**statement, "Principal": "*"})
    if cause in {DenialCause.KMS, DenialCause.RESOURCE_POLICY}:
        return _in_resource_policy(cause, statement, role_arn)
    todo = Message("permissions.fix_policy", policy=policy) if policy else Message("permissions.fix_any_policy")
    return Remedy(todo, dict(statement))


def _in_resource_policy(cause: DenialCause, statement: Mapping[str, Any], role_arn: str) -> Remedy:
    trusted = {"Sid": "Sluice", "Effect": "Allow", "Principal": {"AWS": role_arn}}
    if cause is DenialCause.KMS:
        actions = ["kms:Decrypt", "kms:DescribeKey"]
        return Remedy(Message("permissions.fix_key_policy"), {**trusted, "Action": actions, "Resource": "*"})
    there = {"Action": statement["Action"], "Resource": statement["Resource"]}
    return Remedy(Message("permissions.fix_resource_policy"), {**trusted, **there})


def excess_remedy(statement: Mapping[str, Any], *, is_opted_out: bool) -> Remedy:
    """Return what removes a permission that the role should not have; `is_opted_out`: by the client's choice."""
    todo = Message("permissions.remove_opted_out") if is_opted_out else Message("permissions.remove_excess")
    return Remedy(todo, dict(statement))
