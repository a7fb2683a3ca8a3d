"""A role that AWS IoT assumes for the topic rule exists, may put records and write errors only, and is ours."""

from onboarding.provisioning import service_roles
from onboarding.provisioning.answers import Done
from onboarding.provisioning.context import Context
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.service_roles import ServiceRole
from portal.messages.message import Message


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.rule_role", name=devices_of(plan).role_name)


def apply(context: Context) -> Done:
    """Create the role and its inline policy, or set them to what the plan has."""
    return service_roles.ensure(context, _role(context.plan))


def check(context: Context) -> list[Difference]:
    """Compare the role with the plan; change nothing."""
    return list(service_roles.compare(context, _role(context.plan)))


def _role(plan: Plan) -> ServiceRole:
    names = devices_of(plan)
    return ServiceRole(names.role_name, names.role_arn, names.trust, names.permissions(plan.stream_arn, plan.key_arn))
