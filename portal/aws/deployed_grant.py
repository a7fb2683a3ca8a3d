"""The grant as it stands in the client's account: the role's policies and the boundary, read and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.managed_policies import get_policy, policy_arn
from portal.aws.policies.statements import Document
from portal.aws.role_grant import RoleGrant
from portal.aws.session import AwsSession

Statements = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A policy that is not as it should be: statements still to come, to go, and to change (as they will be)."""

    name: str
    purpose: str
    to_come: tuple[dict[str, Any], ...]
    to_go: tuple[dict[str, Any], ...]
    to_change: tuple[dict[str, Any], ...]


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
def read(aws: AwsSession, grant: RoleGrant) -> dict[str, Document | None] | None:
    """Return the documents of the grant's policies by key, None where there is no such policy.

    Returns None where the role may not read its own policies, as one that was made before it got that right. Raises
    AwsFault of any other kind.
    """
    try:
        return {one.key: _document(aws, grant, one.name) for one in (grant.boundary, *grant.permissions)}
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return None
        raise


def differences(grant: RoleGrant, found: Mapping[str, Document | None]) -> list[Difference]:
    """Return what the client still has to bring up to date, policy by policy; [] when nothing is."""
    compared = [
        _compared(one.name, one.purpose, _by_sid(one.document), _by_sid(found.get(one.key)))
        for one in (grant.boundary, *grant.permissions)
    ]
    return [one for one in compared if one.to_come or one.to_go or one.to_change]


def _document(aws: AwsSession, grant: RoleGrant, name: str) -> Document | None:
    policy = get_policy(aws, policy_arn(grant.account_id, name, path="/", partition=grant.partition))
    return policy.document if policy else None


def _by_sid(document: Document | None) -> Statements:
    # Only what somebody wrote by hand has no Sid.
    rows = (document or {}).get("Statement", ())
    return {one.get("Sid") or f"#{place}": one for place, one in enumerate(rows)}


def _compared(name: str, purpose: str, wanted: Statements, found: Statements) -> Difference:
    return Difference(
        name,
        purpose,
        to_come=tuple(one for sid, one in wanted.items() if sid not in found),
        to_go=tuple(one for sid, one in found.items() if sid not in wanted),
        to_change=tuple(one for sid, one in wanted.items() if sid in found and found[sid] != one),
    )
