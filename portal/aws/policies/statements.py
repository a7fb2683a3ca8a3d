"""The grammar of IAM documents. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN that policies need."""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str

    @classmethod
    def parse(cls, arn: str) -> Arn:
        """Split an ARN into its parts. Raises ValueError for other text."""
        scheme, partition, service, region, account_id, resource = arn.split(":", 5)
        if scheme != "arn":
            raise ValueError(f"not an ARN: {arn}")
        return cls(partition, service, region, account_id, resource)


def document(*statements: Statement) -> Document:
    """Return a policy document of statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statements_of(policy: Mapping[str, Any] | None) -> list[Statement]:
    """Return the statements of a document as AWS accepts it: one alone needs no list. Of no document there are none."""
    found = (policy or {}).get("Statement", [])
    return [dict(found)] if isinstance(found, Mapping) else list(found)


def allow(
    sid: str,
    actions: Sequence[str],
    resources: str | Sequence[str],
    *,
    condition: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Return a statement that allows actions on resources."""
    return _statement("Allow", sid, actions, resources, condition)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: str | Sequence[str],
    *,
    condition: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Return a statement that denies actions on resources, regardless of what allows them."""
    return _statement("Deny", sid, actions, resources, condition)


def via_service(service: str, region: str, *, partition: str) -> str:
    """Return the value of kms:ViaService, the name by which KMS identifies the calling service.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return f"{service}.{region}.{suffix}"


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: str | Sequence[str],
    condition: Mapping[str, Mapping[str, Any]] | None,
) -> Statement:
    statement: Statement = {
        "Sid": sid,
        "Effect": effect,
        "Action": list(actions),
        "Resource": resources if isinstance(resources, str) else list(resources),
    }
    if condition is not None:
        statement["Condition"] = {operator: dict(keys) for operator, keys in condition.items()}
    return statement
