"""Removal of the data stream: deleted, or kept with its records.

The counterpart of the step `stream`.
"""

from onboarding.provisioning import adopted_stream
from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import (
    CLOCK_SKEW,
    ROLE_MAY_NOT_DELETE,
    Kept,
    Removal,
    Removed,
    remove_all,
    stranger,
)
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.steps.stream import KIND
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kinesis import Stream
from portal.aws.records import get_records
from portal.aws.shards import list_shards, shard_iterator
from portal.messages.message import Message


def undo(context: Context) -> Done | Waiting:
    """Delete the stream if that was confirmed or it holds no record, and wait until it is deleted.

    An adopted stream is never deleted: only Sluice's tags are removed from it.
    """
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    is_adopted = owned.is_adopted or context.plan.spec.stream.adopt
    if not is_adopted and not context.terms.may_delete:
        return Kept(ROLE_MAY_NOT_DELETE)
    found = kinesis.describe_stream(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if is_adopted and found.status == "DELETING":
        return adopted_stream.KEPT
    if found.status != "ACTIVE":
        return Waiting(3, Message("waiting.stream_status", status=found.status))
    if is_adopted:
        return adopted_stream.release(context, owned, found)
    if kept := _not_ours(context, owned, found):
        return kept
    if not context.terms.delete_data and holds_records(context, found):
        return HOLDS_RECORDS
    context.ledger.removing(KIND, owned.name)
    try:
        kinesis.delete_stream(context.aws, owned.name)
    except AwsFault as fault:
        # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html: not with registered consumers.
        if fault.kind is FaultKind.CONFLICT and found.consumer_count:
            return Kept(Message("kept.stream_has_consumers", consumer_count=found.consumer_count))
        raise
    return Waiting(1, Message("waiting.stream_deleting"))


def _not_ours(context: Context, owned: Owned, found: Stream) -> Kept | None:
    tags = kinesis.stream_tags(context.aws, owned.name)
    if not tags and not owned.is_seen and found.created_at >= owned.intended_at - CLOCK_SKEW:
        return None  # as in stream._own: the row shows that Sluice created it
    return stranger(context, tags)


HOLDS_RECORDS = Kept(Message("kept.holds_records"))
READS_PER_SHARD = 4


def holds_records(context: Context, found: Stream) -> bool:
    """Return whether any shard holds a record; a shard that Sluice may not read counts as holding one."""
    if not context.terms.may_read:
        return True
    try:
        return any(_holds(context, found.name, shard.shard_id) for shard in list_shards(context.aws, found.name))
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return True
        raise


def _holds(context: Context, name: str, shard_id: str) -> bool:
    iterator: str | None = shard_iterator(context.aws, name, shard_id, kind="TRIM_HORIZON")
    for _ in range(READS_PER_SHARD):
        if iterator is None:
            return False
        batch = get_records(context.aws, iterator, shard_id, limit=1)
        if batch.records:
            return True
        if batch.millis_behind_latest == 0:
            return False
        iterator = batch.next_iterator
    return True
