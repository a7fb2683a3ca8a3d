"""A thing group for the devices exists and is ours."""

from onboarding.provisioning.answers import Done, Waiting, not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_tags, differing
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import iot_registry
from portal.messages.message import Message

KIND = "thing group"


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.thing_group", name=devices_of(plan).source.thing_group)


def apply(context: Context) -> Done:
    """Create the thing group if it is missing."""
    name = devices_of(context.plan).source.thing_group
    found = iot_registry.describe_thing_group(context.aws, name)
    is_new = found is None
    if found is None:
        context.ledger.intend(KIND, name)
        description = devices_of(context.plan).description
        found = iot_registry.create_thing_group(context.aws, name, description=description, tags=context.plan.tags)
    elif not is_ours(context.plan, tags := iot_registry.tags_of(context.aws, found.arn)):
        raise not_ours(Message("resource.thing_group", name=name), tags)
    context.ledger.present(KIND, name, found.arn)
    if is_new:
        return Done(arn=found.arn, did=Message("outcome.created"))
    return Done(arn=found.arn, found=Message("outcome.as_specified"))


def undo(context: Context) -> Done | Waiting:
    """Delete the thing group."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = iot_registry.describe_thing_group(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, iot_registry.tags_of(context.aws, found.arn)):
        return kept
    context.ledger.removing(KIND, owned.name)
    iot_registry.delete_thing_group(context.aws, owned.name)
    return Removed()


def check(context: Context) -> list[Difference]:
    """Compare the thing group with the plan; change nothing."""
    name = devices_of(context.plan).source.thing_group
    found, resource = iot_registry.describe_thing_group(context.aws, name), Message("resource.thing_group", name=name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    tags = compare_tags(context.plan, iot_registry.tags_of(context.aws, found.arn))
    return differing([(Message("drift.tag", resource=resource), *tags)])
