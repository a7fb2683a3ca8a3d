"""What the policy of a resource decides about one request, from the document alone: of a role's trust, or a KMS key.

What the caller's own account allows, service control policies and session policies are not in the document.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from portal.aws.policies.statements import Arn, statements_of


class PolicyDecision(StrEnum):
    """What a policy decides; UNKNOWN: it has an element that is not evaluated here."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


def decision_of(policy: Mapping[str, Any], applies: Callable[[Mapping[str, Any]], bool | None]) -> PolicyDecision:
    """Return what a policy decides; `applies` says whether a statement is about the request, or None if not known."""
    found = [(statement.get("Effect"), applies(statement)) for statement in statements_of(policy)]
    denies = [is_about_it for effect, is_about_it in found if effect == "Deny"]
    allows = [is_about_it for effect, is_about_it in found if effect == "Allow"]
    if True in denies:
        return PolicyDecision.DENIED
    if True in allows:
        return PolicyDecision.UNKNOWN if None in denies else PolicyDecision.ALLOWED
    return PolicyDecision.UNKNOWN if None in allows else PolicyDecision.DENIED


def all_of(results: Iterable[bool | None]) -> bool | None:
    """Return whether all conditions hold; None if that is not known."""
    found = list(results)
    if False in found:
        return False
    return None if None in found else True


def names_action(statement: Mapping[str, Any], action: str) -> bool:
    """Return whether a statement is about an action, which is given in lower case."""
    return any(fnmatchcase(action, str(named).lower()) for named in many(statement.get("Action", ())))


def names_principal(principal: Any, principal_arn: str) -> bool:
    """Return whether an element Principal has a principal in it: by its ARN, its account, or as anyone."""
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    parts = Arn.parse(principal_arn)
    accepted = {"*", principal_arn, parts.account_id, f"arn:{parts.partition}:iam::{parts.account_id}:root"}
    return any(str(named) in accepted for named in many(principal.get("AWS", ())))


def is_like(value: str, pattern: str) -> bool:
    """Return whether a value matches a pattern of IAM, which knows "*" and "?", but not the brackets of fnmatch."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def many(value: Any) -> list[Any]:
    """Return a value of a document as a list: one alone needs none."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else [value]
