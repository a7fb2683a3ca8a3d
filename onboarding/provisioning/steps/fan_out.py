"""A consumer of the specified name is registered with the stream, is ours, and is ACTIVE.

AWS has no call that registers a consumer or returns the existing one, and the answer can be lost: so the step asks
first, and knows its own by the tags that the consumer has from the start. One of that name that is not ours is never
used, changed or deregistered.
"""

from datetime import timedelta

from onboarding.fan_out.consumer import FanOutConsumer, most_consumers
from onboarding.provisioning.answers import Done, Refused, Waiting, not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.described import described_stream
from onboarding.provisioning.differences import (
    BEING_DELETED,
    DELETED,
    EXISTS,
    Difference,
    compare_tags,
    differing,
    value_of,
)
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import INTEGRATION_TAG, Plan, is_ours
from onboarding.provisioning.polling import CONSUMER_REGISTERING
from portal.aws import stream_consumers
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.stream_consumers import RegisteredConsumer
from portal.messages.message import Message

KIND = "fan-out consumer"
REGISTERING = Waiting(CONSUMER_REGISTERING, Message("waiting.fan_out_creating"))
DEREGISTERING = Waiting(CONSUMER_REGISTERING, Message("waiting.fan_out_deleting"))
NOT_ALLOWED = Message("kept.fan_out_not_allowed")
# Five consumers may be CREATING at once, and five calls be made in a second: both pass. The number of consumers does
# not, and AWS's answer is the same.
_PATIENCE = timedelta(minutes=5)


def title(plan: Plan, consumer: FanOutConsumer) -> Message:
    """Return what the step ensures."""
    return Message("step.fan_out", name=consumer.name)


def apply(context: Context, consumer: FanOutConsumer) -> Done | Waiting:
    """Register the consumer, and wait until it is ACTIVE."""
    found = stream_consumers.find_consumer(context.aws, context.plan.stream_arn, consumer.name)
    if found is None:
        return _register(context, consumer)
    if found.status == "DELETING":
        return DEREGISTERING
    did = _own(context, found)
    if found.status != "ACTIVE":
        return REGISTERING
    context.ledger.present(KIND, found.name, found.arn)
    return Done(arn=found.arn, found=None if did else Message("outcome.fan_out_active"), did=did)


def _register(context: Context, consumer: FanOutConsumer) -> Waiting:
    context.ledger.intend(KIND, consumer.name)
    try:
        stream_consumers.register_consumer(context.aws, context.plan.stream_arn, consumer.name, tags=context.plan.tags)
    except AwsFault as fault:
        if fault.kind in {FaultKind.QUOTA, FaultKind.THROTTLED}:
            return _full(context, fault)
        if fault.kind is not FaultKind.CONFLICT:
            raise
        # Registered already, by a call whose answer was lost or by someone else, or the stream is being changed.
    return REGISTERING


def _full(context: Context, fault: AwsFault) -> Waiting:
    plan, stream = context.plan, described_stream(context)
    count, most = stream.consumer_count if stream else 0, most_consumers(plan.spec.stream.mode)
    full = Message("refused.fan_out_limit", stream=plan.spec.stream.name, consumer_count=count)
    if count >= most:
        raise Refused(full, str(fault)) from fault
    return Waiting(5, Message("waiting.fan_out_limit"), str(fault), patience=_PATIENCE, failure=full)


def _own(context: Context, found: RegisteredConsumer) -> Message | None:
    """Make sure that the consumer is ours; return what was done for that."""
    tags = stream_consumers.consumer_tags(context.aws, found.arn)
    if is_ours(context.plan, tags):
        return None
    if INTEGRATION_TAG in tags or found.arn != listed_arn(context, found.name):
        raise not_ours(Message("resource.fan_out", name=found.name), tags)
    # Only the tags are gone: no two registrations have one ARN.
    stream_consumers.tag_consumer(context.aws, found.arn, context.plan.tags)
    return Message("outcome.tagged")


def listed_arn(context: Context, name: str) -> str:
    """Return the ARN that the inventory has of a consumer; "" before it was active."""
    return next((owned.arn for owned in context.ledger.inventory(KIND) if owned.name == name), "")


def undo(context: Context) -> Done | Waiting:
    """Deregister the consumers that are not wanted, and wait until AWS no longer has them."""
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    if not context.terms.may_fan_out:
        return Kept(NOT_ALLOWED)
    found = stream_consumers.find_consumer(context.aws, context.plan.stream_arn, owned.name)
    if found is None:  # or the stream is gone, and its consumers with it
        return Removed(by_us=owned.is_going)
    if found.status == "DELETING":
        return DEREGISTERING
    if kept := stranger(context, stream_consumers.consumer_tags(context.aws, found.arn)):
        return kept
    context.ledger.removing(KIND, owned.name)
    stream_consumers.deregister_consumer(context.aws, found.arn)
    return DEREGISTERING


def check(context: Context, consumer: FanOutConsumer) -> list[Difference]:
    """Compare the consumer with the plan; change nothing. A deleted stream is the stream's own difference."""
    if not context.terms.may_fan_out:
        return []
    found = stream_consumers.find_consumer(context.aws, context.plan.stream_arn, consumer.name)
    resource = Message("resource.fan_out", name=consumer.name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)] if described_stream(context) else []
    if found.status == "DELETING":
        return [Difference(resource, EXISTS, BEING_DELETED)]
    tags = stream_consumers.consumer_tags(context.aws, found.arn)
    listed = listed_arn(context, consumer.name) or found.arn
    return differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(context.plan, tags)),
            (Message("drift.fan_out_arn", resource=resource), value_of(listed), value_of(found.arn)),
        ]
    )
