"""The deployed grant: the role's policies and the boundary in the client's account, read and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.managed_policies import get_policy, policy_arn
from portal.aws.policies.statements import Document, statements_of
from portal.aws.role_grant import OPTIONAL_POLICIES, RoleGrant
from portal.aws.session import AwsSession

Statements = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """An outdated policy: statements to add, to remove, and to change (in their new form)."""

    name: str
    purpose: str
    to_add: tuple[dict[str, Any], ...]
    to_remove: tuple[dict[str, Any], ...]
    to_change: tuple[dict[str, Any], ...]


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
def read(aws: AwsSession, grant: RoleGrant) -> dict[str, Document | None] | None:
    """Return the documents of the grant's policies by key, None where there is no such policy.

    A policy that the role may not read, although it reads others, is newer than the role, so there is none. Returns
    None where the role may read none of its own policies, because it is older than that permission. Raises AwsFault of
    other kinds.
    """
    found: dict[str, Document | None] = {}
    denied = set()
    for policy in grant.policies:
        try:
            found[policy.key] = _document(aws, grant, policy.name)
        except AwsFault as fault:
            if fault.kind is not FaultKind.DENIED:
                raise
            found[policy.key] = None
            denied.add(policy.key)
    return None if denied >= found.keys() - OPTIONAL_POLICIES else found


def fingerprint(policies: Mapping[str, Document | None]) -> str:
    """Return twelve digits that are the version of a grant: other policies have others."""
    text = json.dumps({key: policies[key] for key in sorted(policies)}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def differences(grant: RoleGrant, found: Mapping[str, Document | None]) -> list[Difference]:
    """Return what the client has to update, by policy; [] where nothing is outdated."""
    compared = [
        _compared(policy.name, policy.purpose, _by_sid(policy.document), _by_sid(found.get(policy.key)))
        for policy in grant.policies
    ]
    return [policy for policy in compared if policy.to_add or policy.to_remove or policy.to_change]


def _document(aws: AwsSession, grant: RoleGrant, name: str) -> Document | None:
    policy = get_policy(aws, policy_arn(grant.account_id, name, path="/", partition=grant.partition))
    return policy.document if policy else None


def _by_sid(document: Document | None) -> Statements:
    # Only statements written by hand have no Sid.
    return {statement.get("Sid") or f"#{place}": statement for place, statement in enumerate(statements_of(document))}


def _compared(name: str, purpose: str, wanted: Statements, found: Statements) -> Difference:
    return Difference(
        name,
        purpose,
        to_add=tuple(statement for sid, statement in wanted.items() if sid not in found),
        to_remove=tuple(statement for sid, statement in found.items() if sid not in wanted),
        to_change=tuple(statement for sid, statement in wanted.items() if sid in found and found[sid] != statement),
    )
