"""Asks IAM's policy simulator what the role may do, without doing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import paginate
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.checks import PermissionCheck
from portal.aws.permissions.denials import DenialCause
from portal.aws.permissions.example_resources import Context
from portal.aws.session import AwsSession

MOST_ACTIONS = 50


@dataclass(frozen=True, slots=True)
class Decision:
    """AWS's decision on one check; `cause` is None where it is allowed."""

    is_allowed: bool
    cause: DenialCause | None
    is_explicit: bool = False


def simulate(
    aws: AwsSession, role_arn: str, checks: Sequence[PermissionCheck]
) -> dict[PermissionCheck, Decision] | None:
    """Return IAM's decision on each check, or None where the role may not simulate. Raises AwsFault of other kinds.

    IAM evaluates identity policies, the boundary and service control policies, but not resource policies.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    together: dict[tuple[str, Context], list[PermissionCheck]] = defaultdict(list)
    for check in checks:
        together[check.resource, check.context].append(check)
    found: dict[PermissionCheck, Decision] = {}
    try:
        for (resource, context), group in together.items():
            for start in range(0, len(group), MOST_ACTIONS):
                found |= _simulated(aws, role_arn, resource, context, group[start : start + MOST_ACTIONS])
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return None
        raise
    return found


def _simulated(
    aws: AwsSession, role_arn: str, resource: str, context: Context, checks: Sequence[PermissionCheck]
) -> dict[PermissionCheck, Decision]:
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"} for key, value in context
    ]
    rows = paginate(
        aws,
        "iam",
        "SimulatePrincipalPolicy",
        "EvaluationResults",
        PolicySourceArn=role_arn,
        ActionNames=sorted({check.action for check in checks}),
        ResourceArns=[resource],
        **({"ContextEntries": entries} if entries else {}),
    )
    answers = {row["EvalActionName"].lower(): row for row in rows}
    return {check: _decision(answers[check.action.lower()]) for check in checks if check.action.lower() in answers}


def _decision(row: Mapping[str, Any]) -> Decision:
    decision = row["EvalDecision"]
    if decision == "allowed":
        return Decision(True, None)
    return Decision(False, _cause(row), is_explicit=decision == "explicitDeny")


def _cause(row: Mapping[str, Any]) -> DenialCause:
    if not row.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True):
        return DenialCause.SCP
    if not row.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary", True):
        return DenialCause.BOUNDARY
    if any(matched.get("SourcePolicyType") == "resource" for matched in row.get("MatchedStatements", ())):
        return DenialCause.RESOURCE_POLICY
    return DenialCause.IDENTITY_POLICY
