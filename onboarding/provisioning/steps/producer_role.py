"""A role that only the vendor's principal can assume, with its external ID, exists, and is ours.

It has the permissions boundary of producers: whatever policy it gets, it can put records and read none. A role that was
deleted and is created again is another one to the vendor, whose sender tests it anew.
"""

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
from onboarding.provisioning.plan import PRODUCERS_PATH, Plan, is_ours
from portal.aws.iam.roles import create_role, delete_role_completely, get_role, update_trust
from portal.messages.message import Message

KIND = "producer role"


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.producer_role", name=plan.producer_role_name)


def apply(context: Context) -> Done:
    """Create the role, or restore its trust policy. It has no permissions yet."""
    plan, did = context.plan, list[Message]()
    name, arn = plan.producer_role_name, plan.producer_role_arn
    if not plan.vendor_principal_arn:
        raise Refused(Message("refused.no_vendor_principal"))
    found = get_role(context.aws, name)
    if found is None:
        context.ledger.retire_producer_role()
        context.ledger.intend(KIND, name)
        boundary = plan.user_boundary_arn
        create_role(
            context.aws, name, path=PRODUCERS_PATH, trust=plan.producer_trust, tags=plan.tags, boundary_arn=boundary
        )
        did.append(Message("outcome.created"))
    elif not is_ours(plan, found.tags):
        raise not_ours(Message("resource.role", name=name), found.tags)
    elif found.boundary_arn != plan.user_boundary_arn:
        # No permission of the grant can change the boundary of a role: the role is deleted, then created anew.
        raise Refused(Message("refused.role_boundary", role=name, arn=plan.user_boundary_arn))
    elif found.trust != plan.producer_trust:
        update_trust(context.aws, name, plan.producer_trust)
        did.append(Message("outcome.trust_policy_restored"))
    context.ledger.present(KIND, name, arn)
    return Done(arn=arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def undo(context: Context) -> Done | Waiting:
    """Stop tests of the role, and delete it with its policies."""
    context.ledger.retire_producer_role()
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    found = get_role(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    return delete_identity(context, owned, found.tags, delete=delete_role_completely, get=get_role)


def check(context: Context) -> list[Difference]:
    """Compare the role with the plan; change nothing."""
    plan, name = context.plan, context.plan.producer_role_name
    found, resource = get_role(context.aws, name), Message("resource.role", name=name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    boundary = value_of(plan.user_boundary_arn), value_of(found.boundary_arn)
    return differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(plan, found.tags)),
            (Message("drift.boundary", resource=resource), *boundary),
            (Message("drift.trust_policy", resource=resource), *compare_documents(plan.producer_trust, found.trust)),
        ]
    )
