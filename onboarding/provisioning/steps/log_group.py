"""A log group and its log streams for delivery errors exist; Firehose does not create them through its API."""

from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.context import Context, Difference, Done, Owned, Plan, Waiting
from onboarding.provisioning.deletion import CLOCK_SKEW, Kept, Removal, Removed, remove_all, stranger
from portal.aws import logs

KIND = "log group"


def title(plan: Plan, delivery: Delivery) -> str:
    """Return what the step ensures, for people."""
    return f"Log group {delivery.log_group} takes delivery errors"


def apply(context: Context, delivery: Delivery) -> Done:
    """Create the log group and its stream where they are missing."""
    name, arn = delivery.log_group, context.plan.log_group_arn(delivery)
    is_known = context.ledger.intended_at(KIND, name) is not None
    if not is_known:
        context.ledger.intend(KIND, name)
    created = logs.ensure_log_group(context.aws, name, context.plan.tags, look_first=is_known)
    for log_stream in delivery.log_streams(context.plan.place_of(delivery)):
        logs.ensure_log_stream(context.aws, name, log_stream, look_first=not created)
    context.ledger.present(KIND, name, arn)
    return Done(arn=arn, found="" if created else "as wanted", did="created" if created else "")


def undo(context: Context) -> Done | Waiting:
    """Delete the log group with the delivery errors in it."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = logs.describe_log_group(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if found.created_at < owned.intended_at - CLOCK_SKEW:
        return Kept("It was there before Sluice came, so it is left as it is.")
    # A role that is older than the right to see these tags: then the age alone tells.
    tags = logs.log_group_tags(context.aws, found.arn)
    if tags is not None and (kept := stranger(context, tags)):
        return kept
    context.ledger.removing(KIND, owned.name)
    logs.delete_log_group(context.aws, owned.name)
    return Removed()


def check(context: Context, delivery: Delivery) -> list[Difference]:
    """Tell whether the log group is there; nothing is changed."""
    name = delivery.log_group
    return [] if logs.describe_log_group(context.aws, name) else [Difference(f"Log group {name}", "there", "gone")]
