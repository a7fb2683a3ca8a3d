"""Why AWS refused: the class of policy that did, from AWS's own words, and the statement that cures it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind


class Cause(StrEnum):
    """What refused a call, or keeps it from being allowed yet."""

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
class Cure:
    """What to do about a refusal, and the statement to copy (None where there is none to give)."""

    todo: str
    statement: dict[str, Any] | None = None


# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_SAID = (
    ("service control policy", Cause.SCP),
    ("resource control policy", Cause.RCP),
    ("permissions boundary", Cause.BOUNDARY),
    ("session policy", Cause.SESSION_POLICY),
    ("vpc endpoint policy", Cause.ENDPOINT_POLICY),
    ("resource-based policy", Cause.RESOURCE_POLICY),
    ("identity-based policy", Cause.IDENTITY_POLICY),
)


def cause_of(fault: AwsFault, action: str, *, is_new: bool = False) -> Cause:
    """Return the cause class of a refused call. `is_new`: the role was made so lately that AWS may not know it yet."""
    if fault.kind is FaultKind.PROPAGATING:
        return Cause.PROPAGATING
    said = fault.aws_text.lower()
    found = next((cause for words, cause in _SAID if words in said), Cause.UNKNOWN)
    if fault.code.startswith("KMS") or (not action.startswith("kms:") and " kms:" in said):
        return Cause.KMS
    if is_new and found in {Cause.IDENTITY_POLICY, Cause.UNKNOWN} and not is_explicit(fault.aws_text):
        return Cause.PROPAGATING
    return found


def is_explicit(said: str) -> bool:
    """Whether AWS named a Deny, which no Allow can outweigh."""
    return "explicit deny" in said.lower()


def cure_of(
    cause: Cause, statement: Mapping[str, Any], *, policy: str, role_arn: str, is_denied_outright: bool = False
) -> Cure:
    """Return what cures a refusal of something that the grant allows by `statement`."""
    if cause is Cause.PROPAGATING:
        return Cure("A new role takes up to two minutes to be known everywhere. Check again in a minute.")
    if cause is Cause.SCP or cause is Cause.RCP:
        return Cure(
            f"Whoever looks after your AWS organisation exempts the role: add this condition to the statement of the "
            f"{cause} that denies {statement['Action']}.",
            {"Condition": {"ArnNotLike": {"aws:PrincipalArn": role_arn}}},
        )
    if is_denied_outright:
        return Cure(
            f"A Deny in one of your policies ({cause}) forbids {statement['Action']}, and a Deny "
            "outweighs every Allow. Add this condition to it, or remove it.",
            {"Condition": {"ArnNotLike": {"aws:PrincipalArn": role_arn}}},
        )
    if cause is Cause.BOUNDARY:
        return Cure("Add this statement to the permissions boundary of the role.", dict(statement))
    if cause is Cause.KMS or cause is Cause.RESOURCE_POLICY:
        whose = "the key policy of the KMS key" if cause is Cause.KMS else "the resource's own policy"
        action = statement["Action"] if cause is Cause.RESOURCE_POLICY else ["kms:Decrypt", "kms:DescribeKey"]
        trusted = {"Sid": "Sluice", "Effect": "Allow", "Principal": {"AWS": role_arn}, "Action": action}
        resource = "*" if cause is Cause.KMS else statement["Resource"]
        return Cure(f"Add this statement to {whose}.", {**trusted, "Resource": resource})
    if cause is Cause.ENDPOINT_POLICY:
        return Cure("Add this statement to the policy of the VPC endpoint.", {**statement, "Principal": "*"})
    where = f"the policy {policy}" if policy else "a policy of the role"
    return Cure(f"Take the template again, or add this statement to {where}.", dict(statement))


def too_much(statement: Mapping[str, Any], *, is_left_out: bool) -> Cure:
    """Return what takes a right away that the role should not have; `is_left_out`: the client's own choice did."""
    if is_left_out:
        words = (
            "The role still has a right that you left out. Bring it up to date with its file, or add this statement."
        )
        return Cure(words, dict(statement))
    return Cure(
        "The role may do more than Sluice asks for. Detach what gives it this, or add this statement to a policy of "
        "the role.",
        dict(statement),
    )
