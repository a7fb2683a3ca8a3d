"""Service control policies for MiniStack: what an account's organization denies, whatever its own policies say.

MiniStack keeps policies of Organizations and never evaluates them. Here those that are attached in an account's own
organization deny its users and roles. The root user, who plays the client in the console, is exempt.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import organizations

_KIND = "SERVICE_CONTROL_POLICY"
_TEXT = b"with an explicit deny in a service control policy"
_their_denial = iam_actions.access_denied_response


def denied(
    enforce: Any,
    access_key_id: str,
    iam_action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Mapping[str, Any] | None = None,
) -> Any:
    """Check a request as `enforce` does, and then against the service control policies of the account."""
    found = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    policies = [iam_evaluator.parse_policy_document(text) for text in _attached()]
    if found or not policies:
        return found
    principal = iam_evaluator.resolve_principal(access_key_id or "", get_account_id())
    if getattr(principal, "policies", None) is None:
        return found
    request = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=iam_action,
        resource_arn=resource_arn,
        region=region,
        service_context={key.lower(): value for key, value in (service_context or {}).items()},
        principal_keys=principal.keys,
    )
    decision = iam_evaluator.evaluate(request, policies)
    if decision.decision != "Deny":
        return found
    decision.principal_arn = principal.arn
    return decision


def denial(service: str, action: str, *given: Any, **named: Any) -> Any:
    """Answer a denial as MiniStack does, naming the service control policy where one denies the action."""
    status, headers, body = _their_denial(service, action, *given, **named)
    if named.get("explicit_deny") and _is_denied(action):
        plain = body if isinstance(body, bytes) else str(body).encode()
        body = plain.replace(b"with an explicit deny in an identity-based policy", _TEXT)
    return status, headers, body


def _is_denied(action: str) -> bool:
    statements = [row for text in _attached() for row in iam_evaluator.parse_policy_document(text)]
    return any(
        row.effect == "Deny" and iam_evaluator._action_matches(action, row.actions, row.not_actions)
        for row in statements
    )


def install() -> None:
    """Put it in place of MiniStack's own, for this process; after every other change of `enforce`."""
    enforce = iam_evaluator.enforce
    iam_evaluator.enforce = lambda *given, **named: denied(enforce, *given, **named)
    iam_actions.access_denied_response = denial


def _attached() -> list[str]:
    return [
        str(policy["_Content"])
        for uid, policy in organizations._policies.items()
        if policy.get("Type") == _KIND and not policy.get("AwsManaged") and organizations._attachments.get(uid)
    ]
