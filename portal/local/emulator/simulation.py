"""MiniStack's SimulatePrincipalPolicy with what it leaves out: every resource, the context given, the boundary."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}


def simulate_principal_policy(params: Mapping[str, Any]) -> Any:
    """Answer as IAM does of a role: an evaluation for each action on each resource.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    arn = _value(params, "PolicySourceArn")
    name = arn.rpartition("/")[2]
    if ":role/" not in arn or name not in iam._roles:
        return iam._error(404, "NoSuchEntity", f"The role with name {name} cannot be found.", ns="iam")
    results = "".join(
        _evaluation(arn, action, resource, _context(params))
        for action in _many(params, "ActionNames.member.{}")
        for resource in list(_many(params, "ResourceArns.member.{}")) or ["*"]
    )
    return iam._xml(
        200,
        "SimulatePrincipalPolicyResponse",
        f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults>"
        "<IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>",
        ns="iam",
    )


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = simulate_principal_policy


def _evaluation(arn: str, action: str, resource: str, context: dict[str, Any]) -> str:
    account_id, name = get_account_id(), arn.rpartition("/")[2]
    evaluated = iam_evaluator.EvalContext(
        principal_arn=arn,
        principal_type="AssumedRole",
        principal_account=account_id,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=context,
    )
    policies = iam_evaluator._gather_role_policies(name, account_id)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account_id)
    decision = iam_evaluator.evaluate(evaluated, policies, *limits).decision
    within = "".join(
        "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>"
        f"{str(iam_evaluator.evaluate(evaluated, limit).decision == 'Allow').lower()}"
        "</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>"
        for limit in limits
    )
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{_DECISIONS[decision]}</EvalDecision>{within}"
        "<MatchedStatements></MatchedStatements><MissingContextValues></MissingContextValues></member>"
    )


def _context(params: Mapping[str, Any]) -> dict[str, Any]:
    names = _many(params, "ContextEntries.member.{}.ContextKeyName")
    return {
        name.lower(): next(_many(params, f"ContextEntries.member.{number}.ContextKeyValues.member.{{}}"), "")
        for number, name in enumerate(names, start=1)
    }


def _many(params: Mapping[str, Any], form: str) -> Iterator[str]:
    number = 1
    while value := _value(params, form.format(number)):
        yield value
        number += 1


def _value(params: Mapping[str, Any], name: str) -> str:
    return str(iam._p(params, name) or "")
