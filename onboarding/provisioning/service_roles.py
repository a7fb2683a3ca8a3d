"""A role that an AWS service assumes: created below the boundary, with one inline policy, compared and deleted.

Firehose and AWS IoT have such roles. What each may do, and who can assume it, is its own step's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from onboarding.provisioning.added_policies import added_policies
from onboarding.provisioning.answers import Done, Refused, Waiting, not_ours, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, delete_identity, remove_all
from onboarding.provisioning.differences import (
    DELETED,
    EXISTS,
    Difference,
    compare_documents,
    compare_tags,
    differing,
    value_of,
)
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import IAM_PATH, Plan, is_ours
from onboarding.provisioning.role_remediation import repair_role_policies
from portal.aws.iam.roles import (
    Role,
    create_role,
    delete_role_completely,
    get_role,
    put_role_policy,
    role_policy,
    update_trust,
)
from portal.aws.role_grant import boundary_arn
from portal.messages.message import Message

KIND = "IAM role"
POLICY_NAME = "delivery"


@dataclass(frozen=True, slots=True)
class ServiceRole:
    """A role of the plan with its two documents."""

    name: str
    arn: str
    trust: dict[str, Any]
    permissions: dict[str, Any]


def ensure(context: Context, role: ServiceRole) -> Done:
    """Create the role and its inline policy, or set them to what the plan has. Raises AwsFault, Refused."""
    name, did = role.name, repair_role_policies(context, role.name)
    found = get_role(context.aws, name)
    if found is None:
        _create(context, role)
        did.append(Message("outcome.created"))
    elif not is_ours(context.plan, found.tags):
        raise not_ours(Message("resource.role", name=name), found.tags)
    elif not _is_bounded(context.plan, found):
        # No permission of the grant can change the boundary of a role: the role is deleted, then created anew.
        raise Refused(Message("refused.role_boundary", role=name, arn=context.plan.boundary_arn))
    elif found.trust != role.trust:
        update_trust(context.aws, name, role.trust)
        did.append(Message("outcome.trust_policy_restored"))
    if found is None or role_policy(context.aws, name, POLICY_NAME) != role.permissions:
        put_role_policy(context.aws, name, POLICY_NAME, role.permissions)
        did.append(Message("outcome.permissions_set"))
    context.ledger.present(KIND, name, role.arn)
    return Done(arn=role.arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def _is_bounded(plan: Plan, found: Role) -> bool:
    # A role from an earlier connection to the account keeps that one's boundary, whose name has another suffix.
    usual, there = boundary_arn(plan.account_id, plan.partition), found.boundary_arn or ""
    return there in {plan.boundary_arn, usual} or not plan.boundary_arn or there.startswith(f"{usual}-")


def _create(context: Context, role: ServiceRole) -> None:
    plan = context.plan
    context.ledger.intend(KIND, role.name)
    create_role(context.aws, role.name, path=IAM_PATH, trust=role.trust, tags=plan.tags, boundary_arn=plan.boundary_arn)


def undo(context: Context) -> Done | Waiting:
    """Delete every such role that is not wanted, with its policies."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = get_role(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    return delete_identity(context, owned, found.tags, delete=delete_role_completely, get=get_role)


def compare(context: Context, role: ServiceRole) -> Sequence[Difference]:
    """Compare the role with the plan; change nothing."""
    plan, name = context.plan, role.name
    found = get_role(context.aws, name)
    if found is None:
        return [Difference(Message("resource.role", name=name), EXISTS, DELETED)]
    there, resource = role_policy(context.aws, name, POLICY_NAME), Message("resource.role", name=name)
    boundary = value_of(found.boundary_arn if _is_bounded(plan, found) else plan.boundary_arn)
    own = differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(plan, found.tags)),
            (Message("drift.boundary", resource=resource), boundary, value_of(found.boundary_arn)),
            (Message("drift.trust_policy", resource=resource), *compare_documents(role.trust, found.trust)),
            (Message("drift.permissions", resource=resource), *compare_documents(role.permissions, there)),
        ]
    )
    return [*own, *added_policies(context, found, POLICY_NAME, resource, may_remove=plan.may_delete)]
