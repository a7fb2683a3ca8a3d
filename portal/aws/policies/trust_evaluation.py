"""Whether a trust policy allows a principal to assume a role, decided from the document alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.aws.policies.document_evaluation import (
    PolicyDecision,
    all_of,
    decision_of,
    is_like,
    many,
    names_action,
    names_principal,
)
from portal.aws.policies.statements import Arn, statements_of

_ACTION = "sts:assumerole"
_KEY = "sts:externalid"


def trust_decision(trust: Mapping[str, Any], principal_arn: str, external_id: str | None) -> PolicyDecision:
    """Return whether a principal can assume the role with an external ID, or with None without one.

    A root principal stands for its account: then what the account's own policies allow decides as well.
    """
    return decision_of(trust, lambda statement: _applies(statement, principal_arn, external_id))


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
        for named in map(str, many(principal.get("AWS", ()))):
            arn = f"arn:{partition}:iam::{named}:root" if named.isdigit() else named
            if arn.startswith("arn:") and arn not in known:
                found.append(arn)
    return found


def _applies(statement: Mapping[str, Any], principal_arn: str, external_id: str | None) -> bool | None:
    """Return whether a statement is about the request; None if that is not known."""
    if "NotPrincipal" in statement or "NotAction" in statement:
        return None
    if not names_action(statement, _ACTION) or not names_principal(statement.get("Principal"), principal_arn):
        return False
    return all_of(
        _holds(str(operator), str(key), many(value), external_id)
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, value in keys.items()
    )


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
    return any(text == external_id if base == "StringEquals" else is_like(external_id, text) for text in texts)
