"""Asking IAM itself what the role may do, without doing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import paginate
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.asks import Ask, Context
from portal.aws.permissions.causes import Cause
from portal.aws.session import AwsSession

MOST_ACTIONS = 50


@dataclass(frozen=True, slots=True)
class Judgement:
    """IAM's answer to one ask; `cause` is None where it is allowed."""

    is_allowed: bool
    cause: Cause | None
    is_explicit: bool = False


def simulate(aws: AwsSession, role_arn: str, asks: Sequence[Ask]) -> dict[Ask, Judgement] | None:
    """Return IAM's judgement of each ask, or None where the role may not ask. Raises AwsFault of any other kind.

    IAM counts identity policies, the boundary and service control policies; it knows nothing of resource policies here.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    together: dict[tuple[str, Context], list[Ask]] = defaultdict(list)
    for ask in asks:
        together[ask.resource, ask.context].append(ask)
    found: dict[Ask, Judgement] = {}
    try:
        for (resource, context), group in together.items():
            for start in range(0, len(group), MOST_ACTIONS):
                found |= _asked(aws, role_arn, resource, context, group[start : start + MOST_ACTIONS])
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return None
        raise
    return found


def _asked(
    aws: AwsSession, role_arn: str, resource: str, context: Context, asks: Sequence[Ask]
) -> dict[Ask, Judgement]:
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"} for key, value in context
    ]
    rows = paginate(
        aws,
        "iam",
        "SimulatePrincipalPolicy",
        "EvaluationResults",
        PolicySourceArn=role_arn,
        ActionNames=sorted({ask.action for ask in asks}),
        ResourceArns=[resource],
        **({"ContextEntries": entries} if entries else {}),
    )
    answers = {row["EvalActionName"].lower(): row for row in rows}
    return {ask: _judgement(answers[ask.action.lower()]) for ask in asks if ask.action.lower() in answers}


def _judgement(row: Mapping[str, Any]) -> Judgement:
    decision = row["EvalDecision"]
    if decision == "allowed":
        return Judgement(True, None)
    return Judgement(False, _cause(row), is_explicit=decision == "explicitDeny")


def _cause(row: Mapping[str, Any]) -> Cause:
    if not row.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True):
        return Cause.SCP
    if not row.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary", True):
        return Cause.BOUNDARY
    if any(one.get("SourcePolicyType") == "resource" for one in row.get("MatchedStatements", ())):
        return Cause.RESOURCE_POLICY
    return Cause.IDENTITY_POLICY
