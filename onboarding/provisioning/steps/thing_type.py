"""A thing type for the devices exists, accepts things, and is ours.

AWS deletes a thing type five minutes after it was deprecated, and not before.
"""

from datetime import timedelta

from onboarding.provisioning.answers import Done, Waiting, not_ours, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.differences import DELETED, EXISTS, OFF, ON, Difference, compare_tags, differing
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import iot_registry
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message

KIND = "thing type"
# https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThingType.html
DEPRECATED_FOR = timedelta(minutes=5)
_A_LITTLE_LATER = 5.0
_SOON = 20.0
_PATIENCE = timedelta(minutes=20)


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.thing_type", name=devices_of(plan).source.thing_type)


def apply(context: Context) -> Done:
    """Create the thing type, or allow things again if it was deprecated."""
    name, did = devices_of(context.plan).source.thing_type, list[Message]()
    found = iot_registry.describe_thing_type(context.aws, name)
    if found is None:
        context.ledger.intend(KIND, name)
        description = devices_of(context.plan).description
        found = iot_registry.create_thing_type(context.aws, name, description=description, tags=context.plan.tags)
        did.append(Message("outcome.created"))
    elif not is_ours(context.plan, tags := iot_registry.tags_of(context.aws, found.arn)):
        raise not_ours(Message("resource.thing_type", name=name), tags)
    elif found.is_deprecated:
        iot_registry.deprecate_thing_type(context.aws, name, undo=True)
        did.append(Message("outcome.deprecation_undone"))
    context.ledger.present(KIND, name, found.arn)
    return Done(arn=found.arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def undo(context: Context) -> Done | Waiting:
    """Deprecate the thing type, and delete it once AWS allows that."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = iot_registry.describe_thing_type(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, iot_registry.tags_of(context.aws, found.arn)):
        return kept
    context.ledger.removing(KIND, owned.name)
    if not found.is_deprecated:
        iot_registry.deprecate_thing_type(context.aws, owned.name)
        return _waiting(DEPRECATED_FOR.total_seconds() + _A_LITTLE_LATER)
    try:
        iot_registry.delete_thing_type(context.aws, owned.name)
    except AwsFault as fault:
        if fault.kind is not FaultKind.INVALID:
            raise
        return Kept(Message("kept.thing_type_in_use")) if "associated" in fault.aws_text else _waiting(_SOON)
    return Removed()


def _waiting(seconds: float) -> Waiting:
    failure = Message("refused.thing_type_deletion")
    return Waiting(seconds, Message("waiting.thing_type_deprecated"), patience=_PATIENCE, failure=failure)


def check(context: Context) -> list[Difference]:
    """Compare the thing type with the plan; change nothing."""
    name = devices_of(context.plan).source.thing_type
    found, resource = iot_registry.describe_thing_type(context.aws, name), Message("resource.thing_type", name=name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    tags = iot_registry.tags_of(context.aws, found.arn)
    deprecated = OFF, ON if found.is_deprecated else OFF
    return differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(context.plan, tags)),
            (Message("drift.deprecated", resource=resource), *deprecated),
        ]
    )
