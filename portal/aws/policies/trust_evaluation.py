"""Whether a trust policy allows a principal to assume a role, decided from the document alone.

What the principal's own account allows, service control policies and session policies are not in the document.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from portal.aws.policies.statements import Arn, statements_of

_ACTION = "sts:assumerole"
_KEY = "sts:externalid"


class TrustDecision(StrEnum):
    """What a trust policy decides; UNKNOWN: it has an element that is not evaluated here."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


def trust_decision(trust: Mapping[str, Any], principal_arn: str, external_id: str | None) -> TrustDecision:
    """Return whether a principal can assume the role with an external ID, or with None without one.

    A root principal stands for its account: then what the account's own policies allow decides as well.
    """
    found = [(statement, _applies(statement, principal_arn, external_id)) for statement in statements_of(trust)]
    denies = [applies for statement, applies in found if statement.get("Effect") == "Deny"]
    allows = [applies for statement, applies in found if statement.get("Effect") == "Allow"]
    if True in denies:
        return TrustDecision.DENIED
    if True in allows:
        return TrustDecision.UNKNOWN if None in denies else TrustDecision.ALLOWED
    return TrustDecision.UNKNOWN if None in allows else TrustDecision.DENIED


def other_principals(trust: Mapping[str, Any], principal_arns: Iterable[str]) -> list[str] | None:
    """Return the principals of a trust policy's Allow statements that are not among these, by their ARNs.

    None if one of them is not an IAM principal: a service or an identity provider. A principal that was deleted, which
    IAM shows by its unique ID, can assume nothing.
    """
    known, found = set(principal_arns), list[str]()
    for statement in statements_of(trust):
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
            continue
        if principal.keys() - {"AWS"}:
            return None
        partition = Arn.parse(next(iter(known))).partition
        for named in map(str, _many(principal.get("AWS", ()))):
            arn = f"arn:{partition}:iam::{named}:root" if named.isdigit() else named
            if arn.startswith("arn:") and arn not in known:
                found.append(arn)
    return found


def _applies(statement: Mapping[str, Any], principal_arn: str, external_id: str | None) -> bool | None:
    """Return whether a statement is about the request; None if that is not known."""
    if "NotPrincipal" in statement or "NotAction" in statement:
        return None
    is_about_it = any(fnmatchcase(_ACTION, str(action).lower()) for action in _many(statement.get("Action", ())))
    if not is_about_it or not _names(statement.get("Principal"), principal_arn):
        return False
    results = [
        _holds(str(operator), str(key), _many(value), external_id)
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, value in keys.items()
    ]
    if False in results:
        return False
    return None if None in results else True


def _names(principal: Any, principal_arn: str) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    parts = Arn.parse(principal_arn)
    accepted = {"*", principal_arn, parts.account_id, f"arn:{parts.partition}:iam::{parts.account_id}:root"}
    return any(str(named) in accepted for named in _many(principal.get("AWS", ())))


def _holds(operator: str, key: str, values: list[Any], external_id: str | None) -> bool | None:
    if key.lower() != _KEY:
        return None
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    if operator == "Null":
        return texts == [str(external_id is None).lower()]
    base, is_optional = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    if base not in {"StringEquals", "StringLike"}:
        return None
    if external_id is None:
        return is_optional
    return any(text == external_id if base == "StringEquals" else _is_like(external_id, text) for text in texts)


def _is_like(value: str, pattern: str) -> bool:
    # IAM knows "*" and "?", but not the brackets of fnmatch.
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else [value]
