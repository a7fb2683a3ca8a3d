"""A log group and its log streams for delivery errors exist, and errors expire as specified.

Firehose's API creates neither. The retention period is set on a log group with this integration's tag only.
"""

from dataclasses import dataclass

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.log_retention import NEVER
from onboarding.provisioning.answers import Done, Waiting, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import CLOCK_SKEW, Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, differing, value_of
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import logs
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.logs import NEVER_EXPIRES, LogGroup
from portal.messages.message import Message

KIND = "log group"
NOT_ALLOWED = Message("outcome.log_retention_not_allowed")


def title(plan: Plan, delivery: Delivery) -> Message:
    """Return what the step ensures."""
    return Message("step.log_group", name=delivery.log_group)


@dataclass(frozen=True, slots=True)
class ErrorLog:
    """A log group with its log streams; `retention_days` is None where Sluice does not set the period."""

    name: str
    arn: str
    streams: tuple[str, ...]
    retention_days: int | None


def apply(context: Context, delivery: Delivery) -> Done:
    """Create the log group and its log streams if they are missing, and set the retention period."""
    return ensure(context, _log(context.plan, delivery))


def _log(plan: Plan, delivery: Delivery) -> ErrorLog:
    streams = tuple(delivery.log_streams(plan.place_of(delivery)))
    return ErrorLog(delivery.log_group, plan.log_group_arn(delivery), streams, delivery.log_retention_days)


def ensure(context: Context, log: ErrorLog) -> Done:
    """Create a log group and its log streams if they are missing, and set its retention period."""
    existing = _existing(context, log.name)
    for log_stream in log.streams:
        logs.ensure_log_stream(context.aws, log.name, log_stream, look_first=existing is not None)
    context.ledger.present(KIND, log.name, log.arn)
    did = [] if existing else [Message("outcome.created")]
    found = _retained(context, log, existing, did)
    return Done(arn=log.arn, found=found or (None if did else Message("outcome.as_specified")), did=together(did))


def _existing(context: Context, name: str) -> LogGroup | None:
    """Return the log group, or create it and return None. One that was not intended before is not read first."""
    if context.ledger.intended_at(KIND, name) is None:
        context.ledger.intend(KIND, name)
    elif found := logs.describe_log_group(context.aws, name):
        return found
    if logs.ensure_log_group(context.aws, name, context.plan.tags, look_first=False):
        return None
    return logs.describe_log_group(context.aws, name)


def _retained(context: Context, log: ErrorLog, existing: LogGroup | None, did: list[Message]) -> Message | None:
    """Set the retention period, add to `did` that it was set, or return why it was not."""
    days = log.retention_days
    if days is None or days == (existing.retention_days if existing else NEVER_EXPIRES):
        return None
    if not context.terms.may_set_log_retention:
        return NOT_ALLOWED
    if existing and not _is_ours(context, existing):
        return Message("outcome.log_group_not_ours")
    try:
        logs.set_retention(context.aws, log.name, days)
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED:
            raise
        return NOT_ALLOWED
    never = Message("outcome.log_retention_removed")
    did.append(Message("outcome.log_retention_set", day_count=days) if days else never)
    return None


def _is_ours(context: Context, found: LogGroup) -> bool:
    return is_ours(context.plan, logs.log_group_tags(context.aws, found.arn) or {})


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
    """Check that the log group exists and expires errors as specified; change nothing."""
    return compare(context, _log(context.plan, delivery))


def compare(context: Context, log: ErrorLog) -> list[Difference]:
    """Check that a log group exists and expires errors as specified; change nothing.

    A retention period that a run would not set is no difference: of a log group of someone else, or where the role is
    older than the permission to set it.
    """
    days, resource = log.retention_days, Message("resource.log_group", name=log.name)
    found = logs.describe_log_group(context.aws, log.name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    if days in {None, found.retention_days} or not context.terms.may_set_log_retention or not _is_ours(context, found):
        return []
    return differing([(Message("drift.log_retention", resource=resource), _named(days), _named(found.retention_days))])


def _named(days: int | None) -> Message:
    return value_of(days) if days else NEVER
