"""The producer's role allows putting records into this stream, and nothing else; the vendor's sender can test it."""

from onboarding.provisioning.added_policies import added_policies
from onboarding.provisioning.answers import Done, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.role_remediation import repair_role_policies
from onboarding.provisioning.steps.producer_networks import compare_permissions, note_networks
from onboarding.provisioning.steps.producer_role import KIND
from portal.aws.iam.roles import get_role, put_role_policy, role_policy
from portal.messages.message import Message

POLICY_NAME = "producer"


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.producer_role_policy", name=plan.producer_role_name)


def apply(context: Context) -> Done:
    """Set the role's inline policy where it differs, then offer the role to the vendor's sender."""
    plan = context.plan
    name, document = plan.producer_role_name, plan.producer_policy()
    did = repair_role_policies(context, name)
    if role_policy(context.aws, name, POLICY_NAME) != document:
        put_role_policy(context.aws, name, POLICY_NAME, document)
        did.append(Message("outcome.permissions_set"))
    note_networks(context, KIND, name)
    context.ledger.offer_producer_role(plan.producer_role_arn)
    return Done(arn=plan.producer_role_arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def check(context: Context) -> list[Difference]:
    """Compare the role's policies with the plan's one; change nothing. A deleted role is the role's own difference."""
    name = context.plan.producer_role_name
    role = get_role(context.aws, name)
    if role is None:
        return []
    resource, there = Message("resource.role", name=name), role_policy(context.aws, name, POLICY_NAME)
    return [
        *compare_permissions(context, (KIND, name), resource, there),
        *added_policies(context, role, POLICY_NAME, resource),
    ]
