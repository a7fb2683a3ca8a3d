"""A role that only its consumer can assume, with its external ID, to read this stream, exists, and is ours.

It has the permissions boundary of consumers: whatever policy it gets, it can read records and put none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from onboarding.consumers.role import ConsumerRole
from onboarding.provisioning import consumer_plan
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
from onboarding.provisioning.plan import CONSUMERS_PATH, Plan, is_ours
from onboarding.provisioning.role_remediation import repair_role_policies
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.roles import (
    Role,
    create_role,
    delete_role_completely,
    get_role,
    put_role_policy,
    role_policy,
    set_session_duration,
    update_trust,
)
from portal.messages.message import Message

KIND = "consumer role"
POLICY_NAME = "consumer"


def title(plan: Plan, role: ConsumerRole) -> Message:
    """Return what the step ensures."""
    return Message("step.consumer_role", name=consumer_plan.role_name(plan, role))


def apply(context: Context, role: ConsumerRole) -> Done:
    """Create the role with its inline policy, or set them to what the plan has."""
    plan = context.plan
    name, arn = consumer_plan.role_name(plan, role), consumer_plan.role_arn(plan, role)
    did = repair_role_policies(context, name)
    found = get_role(context.aws, name)
    if found is None:
        _create(context, role, name)
        did.append(Message("outcome.created"))
    else:
        did += _restored(context, role, found)
    permissions = consumer_plan.permissions(plan, role)
    if found is None or role_policy(context.aws, name, POLICY_NAME) != permissions:
        put_role_policy(context.aws, name, POLICY_NAME, permissions)
        did.append(Message("outcome.permissions_set"))
    context.ledger.present(KIND, name, arn)
    return Done(arn=arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def _create(context: Context, role: ConsumerRole, name: str) -> None:
    plan = context.plan
    context.ledger.intend(KIND, name)
    with _principals_exist(role):
        create_role(
            context.aws,
            name,
            path=CONSUMERS_PATH,
            trust=consumer_plan.trust(plan, role),
            tags=plan.tags,
            boundary_arn=plan.consumer_boundary_arn,
            session_seconds=role.session_seconds,
        )


@contextmanager
def _principals_exist(role: ConsumerRole) -> Iterator[None]:
    """Raise Refused where IAM rejects the trust policy, as it does if a principal in it does not exist."""
    try:
        yield
    except AwsFault as fault:
        # A principal of ours may not be known everywhere yet. These are others', and existed before or not at all.
        if fault.kind in {FaultKind.INVALID, FaultKind.PROPAGATING}:
            names = ", ".join(role.principals)
            raise Refused(Message("refused.consumer_principals", principals=names), str(fault)) from fault
        raise


def _restored(context: Context, role: ConsumerRole, found: Role) -> list[Message]:
    plan, did = context.plan, list[Message]()
    if not is_ours(plan, found.tags):
        raise not_ours(Message("resource.role", name=found.name), found.tags)
    if found.boundary_arn != plan.consumer_boundary_arn:
        # No permission of the grant can change the boundary of a role: the role is deleted, then created anew.
        raise Refused(Message("refused.role_boundary", role=found.name, arn=plan.consumer_boundary_arn))
    if _comparable(found.trust) != _comparable(consumer_plan.trust(plan, role)):
        with _principals_exist(role):
            update_trust(context.aws, found.name, consumer_plan.trust(plan, role))
        did.append(Message("outcome.trust_policy_set"))
    if found.session_seconds != role.session_seconds:
        set_session_duration(context.aws, found.name, role.session_seconds)
        did.append(Message("outcome.session_duration_set"))
    return did


def _comparable(trust: dict[str, Any]) -> dict[str, Any]:
    """Return a trust policy with its principals in one order, because IAM may return them in another."""
    statements = trust.get("Statement")
    if not isinstance(statements, list):
        return trust
    return {**trust, "Statement": [_sorted_principals(statement) for statement in statements]}


def _sorted_principals(statement: Any) -> Any:
    principals = statement.get("Principal") if isinstance(statement, dict) else None
    if not isinstance(principals, dict) or not isinstance(principals.get("AWS"), list):
        return statement
    return {**statement, "Principal": {**principals, "AWS": sorted(map(str, principals["AWS"]))}}


def undo(context: Context) -> Done | Waiting:
    """Delete the roles that are not wanted, with their policies."""
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    found = get_role(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    return delete_identity(context, owned, found.tags, delete=delete_role_completely, get=get_role)


def check(context: Context, role: ConsumerRole) -> list[Difference]:
    """Compare the role with the plan; change nothing."""
    plan, name = context.plan, consumer_plan.role_name(context.plan, role)
    found, resource = get_role(context.aws, name), Message("resource.role", name=name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    there = role_policy(context.aws, name, POLICY_NAME)
    boundary = value_of(plan.consumer_boundary_arn), value_of(found.boundary_arn)
    seconds = value_of(role.session_seconds), value_of(found.session_seconds)
    trusts = _comparable(consumer_plan.trust(plan, role)), _comparable(found.trust)
    own = differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(plan, found.tags)),
            (Message("drift.boundary", resource=resource), *boundary),
            (Message("drift.trust_policy", resource=resource), *compare_documents(*trusts)),
            (Message("drift.session_duration", resource=resource), *seconds),
            (
                Message("drift.permissions", resource=resource),
                *compare_documents(consumer_plan.permissions(plan, role), there),
            ),
        ]
    )
    return [*own, *added_policies(context, found, POLICY_NAME, resource)]
