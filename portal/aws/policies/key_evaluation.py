"""Whether the policy of a KMS key allows a principal of another account to decrypt the records of a data stream.

Grants of the key are not in the document. What the principal's own account allows decides as well.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
"""

from __future__ import annotations

from collections.abc import Mapping
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
from portal.aws.policies.statements import Arn, via_service

_DECRYPT = "kms:decrypt"
_EXACT = {"StringEquals", "Bool"}
_LIKE = {"StringLike", "ArnLike", "ArnEquals"}
_NEGATED = {"StringNotEquals": "StringEquals", "StringNotLike": "StringLike", "ArnNotLike": "ArnLike"}


def decrypt_decision(policy: Mapping[str, Any], *, key_arn: str, principal_arn: str, stream_arn: str) -> PolicyDecision:
    """Return what a key's policy decides if Kinesis decrypts records of a stream for a principal.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    stream, principal = Arn.parse(stream_arn), Arn.parse(principal_arn)
    keys = {
        "kms:viaservice": via_service("kinesis", stream.region, partition=stream.partition),
        "kms:calleraccount": principal.account_id,
        "kms:encryptioncontext:aws:kinesis:arn": stream_arn,
        "aws:principalaccount": principal.account_id,
        "aws:securetransport": "true",
    }
    if principal.resource != "root":
        keys["aws:principalarn"] = principal_arn

    def applies(statement: Mapping[str, Any]) -> bool | None:
        if {"NotPrincipal", "NotAction", "NotResource"} & statement.keys():
            return None
        is_named = _is_named(statement.get("Principal"), principal_arn)
        if not names_action(statement, _DECRYPT) or is_named is False:
            return False
        if not any(is_like(key_arn, str(pattern)) for pattern in many(statement.get("Resource", "*"))):
            return False
        conditions = (statement.get("Condition") or {}).items()
        return all_of(
            [is_named]
            + [
                _holds(str(operator), keys.get(str(key).lower()), many(value))
                for operator, tested in conditions
                for key, value in tested.items()
            ]
        )

    return decision_of(policy, applies)


def _is_named(principal: Any, principal_arn: str) -> bool | None:
    """Return None for an account of which only some principals are named."""
    if names_principal(principal, principal_arn):
        return True
    account = principal_arn.removesuffix(":root")
    named = many(principal.get("AWS", ())) if isinstance(principal, Mapping) else []
    return None if account != principal_arn and any(str(arn).startswith(f"{account}:") for arn in named) else False


def _holds(operator: str, found: str | None, wanted: list[Any]) -> bool | None:
    operator = operator.removesuffix("IfExists")
    if found is None:
        return None
    if operator in _NEGATED:
        holds = _holds(_NEGATED[operator], found, wanted)
        return None if holds is None else not holds
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in wanted]
    if operator in _LIKE:
        return any(is_like(found, text) for text in texts)
    return found in texts if operator in _EXACT else None
