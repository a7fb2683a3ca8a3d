"""A log group and its log streams for delivery errors exist; Firehose's API does not create them."""

from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import CLOCK_SKEW, Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import DELETED, EXISTS, Difference
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import logs
from portal.aws.logs import LogGroup
from portal.messages.message import Message

KIND = "log group"


def title(plan: Plan, delivery: Delivery) -> Message:
    """Return what the step ensures."""
    return Message("step.log_group", name=delivery.log_group)


def apply(context: Context, delivery: Delivery) -> Done:
    """Create the log group and its log streams if they are missing."""
    name, arn = delivery.log_group, context.plan.log_group_arn(delivery)
    is_known = context.ledger.intended_at(KIND, name) is not None
    if not is_known:
        context.ledger.intend(KIND, name)
    created = logs.ensure_log_group(context.aws, name, context.plan.tags, look_first=is_known)
    for log_stream in delivery.log_streams(context.plan.place_of(delivery)):
        logs.ensure_log_stream(context.aws, name, log_stream, look_first=not created)
    context.ledger.present(KIND, name, arn)
    outcome = Message("outcome.created") if created else Message("outcome.as_specified")
    return Done(arn=arn, did=outcome) if created else Done(arn=arn, found=outcome)


def undo(context: Context) -> Done | Waiting:
    """Delete the log group with the delivery errors in it."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = logs.describe_log_group(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := _not_ours(context, owned, found):
        return kept
    context.ledger.removing(KIND, owned.name)
    logs.delete_log_group(context.aws, owned.name)
    return Removed()


def _not_ours(context: Context, owned: Owned, found: LogGroup) -> Kept | None:
    # Its tag comes first: the age compares AWS's clock with PostgreSQL's. An older role may not read these tags, and
    # then only the age shows whose it is.
    tags = logs.log_group_tags(context.aws, found.arn)
    if tags is not None and is_ours(context.plan, tags):
        return None
    if found.created_at < owned.intended_at - CLOCK_SKEW:
        return Kept(Message("kept.existed_before"))
    return None if tags is None else stranger(context, tags)


def check(context: Context, delivery: Delivery) -> list[Difference]:
    """Check that the log group exists; change nothing."""
    name = delivery.log_group
    return (
        []
        if logs.describe_log_group(context.aws, name)
        else [Difference(Message("resource.log_group", name=name), EXISTS, DELETED)]
    )
