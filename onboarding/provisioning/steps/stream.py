"""A data stream of the wanted capacity mode, shard count, retention, record size and tags exists, is ours, and is
ACTIVE."""

from dataclasses import replace

from onboarding.provisioning import adopted_stream
from onboarding.provisioning.context import (
    INTEGRATION_TAG,
    Context,
    Difference,
    Done,
    Owned,
    Plan,
    Refused,
    Waiting,
    is_ours,
    not_ours,
)
from onboarding.provisioning.deletion import CLOCK_SKEW, ROLE_MAY_NOT, Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import differing
from onboarding.provisioning.polling import STREAM_CREATING, STREAM_UPDATING
from onboarding.provisioning.steps import client_tags
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kinesis import Stream
from portal.aws.shard_counts import shard_counts

KIND = "data stream"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    stream = plan.spec.stream
    size = "on demand" if stream.mode == "ON_DEMAND" else _shards(stream.shards or 1)
    if stream.adopt:
        return f"Data stream {stream.name} is adopted: {size}, kept for {stream.retention_hours} h"
    return f"Data stream {stream.name} is active: {size}, kept for {stream.retention_hours} h"


def apply(context: Context) -> Done | Waiting:
    """Create the stream or adopt it, and bring it to the wanted shape, one change at a time."""
    stream = context.plan.spec.stream
    name = stream.name
    found = kinesis.describe_stream(context.aws, name)
    if stream.adopt:
        adopted_stream.refuse_another(context, found)
    if found is None:
        return _create(context)
    if found.status == "DELETING":
        return Waiting(5, "A stream of this name is being deleted in your account; waiting until it is gone.")
    if found.status != "ACTIVE":
        return Waiting(STREAM_CREATING, f"AWS reports the stream as {found.status}.")
    tags = kinesis.stream_tags(context.aws, name)
    did = [_adopt(context, found, tags) if stream.adopt else _own(context, found, tags)]
    found = _retained(context, found)
    if waiting := _shape(context, found):
        return waiting
    return _settled(context, found, did=", ".join(filter(None, [*did, *client_tags.settle(context, name, tags)])))


def _create(context: Context) -> Waiting | Done:
    plan, stream = context.plan, context.plan.spec.stream
    context.ledger.intend(KIND, stream.name)
    client_tags.remember(context, stream.name, stream.tags)
    kinesis.create_stream(
        context.aws,
        stream.name,
        mode=stream.mode,
        shard_count=stream.shards,
        tags={**stream.tags, **plan.tags},
        max_record_kib=stream.max_record_kib,
    )
    return Waiting(0.5, "AWS is creating the stream.")


def _own(context: Context, found: Stream, tags: dict[str, str]) -> str:
    """Make sure that the stream is ours; return what had to be done for that."""
    if is_ours(context.plan, tags):
        return ""
    intended = context.ledger.intended_at(KIND, found.name)
    # The row says that this integration found no such stream and was about to create it: it is ours, tag or no tag.
    if tags or intended is None or found.created_at < intended - CLOCK_SKEW:
        raise _whose(found, tags)
    kinesis.tag_stream(context.aws, found.name, context.plan.stream_tags)
    return "tagged it"


def _whose(found: Stream, tags: dict[str, str]) -> Refused:
    refused = not_ours(f"A data stream named {found.name}", tags)
    if INTEGRATION_TAG in tags:
        return refused
    created = adopted_stream.second(found.created_at).isoformat()
    how = f"Or adopt it, if it is yours: on the stream's page, or with adopt: true and creation_timestamp: {created}."
    return Refused(refused.what, f"{refused.todo} {how}")


def _adopt(context: Context, found: Stream, tags: dict[str, str]) -> str:
    """Put our tags on the stream that somebody confirmed; return what was done. Its own tags stay."""
    if is_ours(context.plan, tags):
        context.ledger.note(KIND, found.name, **{adopted_stream.NOTE: True})
        return ""
    if INTEGRATION_TAG in tags:
        raise not_ours(f"Data stream {found.name}", tags)
    if not context.ledger.notes(KIND, found.name).get(
        adopted_stream.NOTE
    ):  # it is adopted already if only its tag was lost
        context.ledger.intend(KIND, found.name, **{adopted_stream.NOTE: True})
    kinesis.tag_stream(context.aws, found.name, context.plan.stream_tags)
    return "adopted it with Sluice's tags"


def _retained(context: Context, found: Stream) -> Stream:
    hours = context.plan.spec.stream.retention_hours
    if hours < found.retention_hours and not context.terms.accept_loss:
        raise Refused(
            f"The stream keeps records for {found.retention_hours} hours, and {hours} are asked for. Shortening it "
            "loses the older ones at once, and nobody has said that this is meant.",
            f"Confirm the loss on the review page, or with --accept-loss; or ask for {found.retention_hours} hours.",
        )
    # AWS answers once it is so: there is nothing to wait for and to look at again.
    kinesis.set_retention(context.aws, found.name, current_hours=found.retention_hours, wanted_hours=hours)
    return replace(found, retention_hours=hours)


def _shape(context: Context, found: Stream) -> Waiting | None:
    wanted = context.plan.spec.stream
    if found.mode != wanted.mode:
        kinesis.switch_mode(context.aws, found.arn, wanted.mode)
        context.ledger.counted("stream:mode", was=found.mode, becomes=wanted.mode)
        return Waiting(STREAM_UPDATING, f"The stream is being switched to {wanted.mode}.")
    if wanted.mode == "PROVISIONED" and wanted.shards and found.open_shard_count != wanted.shards:
        target = shard_counts(found.open_shard_count, wanted.shards)[0]
        kinesis.update_shard_count(context.aws, found.name, target)
        context.ledger.counted("stream:shards", was=found.open_shard_count, becomes=target)
        return Waiting(STREAM_UPDATING, f"The stream is being changed to {_shards(target)}.")
    if found.max_record_kib != wanted.max_record_kib:
        kinesis.update_max_record_size(context.aws, found.arn, wanted.max_record_kib)
        return Waiting(0.5, f"The largest record is being set to {wanted.max_record_kib} KiB.")
    return None


def _settled(context: Context, found: Stream, did: str) -> Done:
    context.ledger.present(KIND, found.name, found.arn)
    size = "on demand" if found.mode == "ON_DEMAND" else _shards(found.open_shard_count)
    return Done(arn=found.arn, found=f"active, {size}, kept for {found.retention_hours} h", did=did)


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"


def undo(context: Context) -> Done | Waiting:
    """Delete the stream if that was asked for twice or it holds no record, and wait until it is gone.

    One that was adopted is never deleted, whatever was asked for: only our tags are taken off it.
    """
    return remove_all(context, KIND, _remove, needs_right=False)


def _remove(context: Context, owned: Owned) -> Removal:
    is_adopted = owned.is_adopted or context.plan.spec.stream.adopt
    if not is_adopted and not context.terms.may_delete:
        return Kept(ROLE_MAY_NOT)
    found = kinesis.describe_stream(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if is_adopted and found.status == "DELETING":
        return adopted_stream.KEPT
    if found.status != "ACTIVE":
        return Waiting(3, f"AWS reports the stream as {found.status}.")
    if is_adopted:
        return adopted_stream.release(context, owned, found)
    if kept := _not_ours(context, owned, found):
        return kept
    if not context.terms.delete_data and holds_records(context, found):
        return HOLDS_RECORDS
    context.ledger.removing(KIND, owned.name)
    kinesis.delete_stream(context.aws, owned.name)
    return Waiting(1, "AWS is deleting the stream.")


def _not_ours(context: Context, owned: Owned, found: Stream) -> Kept | None:
    tags = kinesis.stream_tags(context.aws, owned.name)
    if not tags and not owned.is_seen and found.created_at >= owned.intended_at - CLOCK_SKEW:
        return None  # as in _own: the row says that we asked for it
    return stranger(context, tags)


HOLDS_RECORDS = Kept("It holds records, and deleting them was not asked for. AWS goes on charging for it.")
LOOKS_A_SHARD = 4


def holds_records(context: Context, found: Stream) -> bool:
    """Tell whether any shard holds a record; where that cannot be seen, it counts as holding one."""
    try:
        return any(
            _holds(context, found.name, shard.shard_id) for shard in kinesis.list_shards(context.aws, found.name)
        )
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return True
        raise


def _holds(context: Context, name: str, shard_id: str) -> bool:
    iterator: str | None = kinesis.shard_iterator(context.aws, name, shard_id, kind="TRIM_HORIZON")
    for _ in range(LOOKS_A_SHARD):
        if iterator is None:
            return False
        batch = kinesis.get_records(context.aws, iterator, shard_id, limit=1)
        if batch.records:
            return True
        if batch.millis_behind_latest == 0:
            return False
        iterator = batch.next_iterator
    return True


def check(context: Context) -> list[Difference]:
    """Compare the stream with what is wanted; nothing is changed."""
    wanted = context.plan.spec.stream
    found = kinesis.describe_stream(context.aws, wanted.name)
    if found is None or found.status == "DELETING":
        return [Difference(f"Data stream {wanted.name}", "there", "being deleted" if found else "gone")]
    tags = kinesis.stream_tags(context.aws, wanted.name)
    tagged = is_ours(context.plan, tags)
    rows = [
        ("The stream's tag", "this integration's", "this integration's" if tagged else "another, or none"),
        ("Capacity mode", wanted.mode, found.mode),
        ("Retention period", f"{wanted.retention_hours} h", f"{found.retention_hours} h"),
        ("Largest record", f"{wanted.max_record_kib} KiB", f"{found.max_record_kib} KiB"),
        *client_tags.rows(wanted.tags, tags),
    ]
    if wanted.adopt and not adopted_stream.is_the_one(wanted, found):
        rows.append(("Made at", wanted.creation_timestamp, adopted_stream.second(found.created_at).isoformat()))
    if wanted.mode == "PROVISIONED" == found.mode:
        rows.append(("Number of shards", str(wanted.shards), str(found.open_shard_count)))
    return differing(rows)
