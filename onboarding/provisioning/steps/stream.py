"""A data stream of the wanted capacity mode, shard count and retention exists, is ours, and is ACTIVE."""

from datetime import timedelta

from onboarding.provisioning.context import Context, Done, Plan, Refused, Waiting, is_ours, not_ours
from portal.aws import kinesis
from portal.aws.kinesis import Stream

KIND = "data stream"
CLOCK_SKEW = timedelta(seconds=2)


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    stream = plan.spec.stream
    size = "on demand" if stream.mode == "ON_DEMAND" else _shards(stream.shards or 1)
    return f"Data stream {stream.name} is active: {size}, kept for {stream.retention_hours} h"


def apply(context: Context) -> Done | Waiting:
    """Create the stream or bring it to the wanted shape, one change at a time."""
    name = context.plan.spec.stream.name
    found = kinesis.describe_stream(context.aws, name)
    if found is None:
        return _create(context)
    if found.status == "DELETING":
        return Waiting(5, "A stream of this name is being deleted in your account; waiting until it is gone.")
    if found.status != "ACTIVE":
        return Waiting(2, f"AWS reports the stream as {found.status}.")
    untagged = _own(context, found)
    return _shape(context, found) or _settled(context, found, did="tagged it" if untagged else "")


def _create(context: Context) -> Waiting | Done:
    plan, stream = context.plan, context.plan.spec.stream
    context.ledger.intend(KIND, stream.name)
    kinesis.create_stream(context.aws, stream.name, mode=stream.mode, shard_count=stream.shards, tags=plan.tags)
    return Waiting(0.5, "AWS is creating the stream.")


def _own(context: Context, found: Stream) -> bool:
    """Make sure that the stream is ours; return whether it had to be tagged."""
    tags = kinesis.stream_tags(context.aws, found.name)
    if is_ours(context.plan, tags):
        return False
    intended = context.ledger.intended_at(KIND, found.name)
    # The row says that this integration found no such stream and was about to create it: it is ours, tag or no tag.
    if tags or intended is None or found.created_at < intended - CLOCK_SKEW:
        raise not_ours(f"A data stream named {found.name}", tags)
    kinesis.tag_stream(context.aws, found.name, context.plan.tags)
    return True


def _shape(context: Context, found: Stream) -> Waiting | None:
    wanted = context.plan.spec.stream
    if found.retention_hours != wanted.retention_hours:
        kinesis.set_retention(
            context.aws, found.name, current_hours=found.retention_hours, wanted_hours=wanted.retention_hours
        )
        return Waiting(0.5, f"Retention is being set to {wanted.retention_hours} h.")
    if found.mode != wanted.mode:
        raise Refused(
            f"The stream's capacity mode is {found.mode}, and {wanted.mode} is asked for.",
            "Keep the capacity mode as it is; Sluice does not switch the mode of a living stream.",
        )
    if wanted.mode == "PROVISIONED" and wanted.shards and found.open_shard_count != wanted.shards:
        kinesis.update_shard_count(context.aws, found.name, wanted.shards)
        return Waiting(5, f"The stream is being changed to {_shards(wanted.shards)}.")
    return None


def _settled(context: Context, found: Stream, did: str) -> Done:
    context.ledger.present(KIND, found.name, found.arn)
    size = "on demand" if found.mode == "ON_DEMAND" else _shards(found.open_shard_count)
    return Done(arn=found.arn, found=f"active, {size}, kept for {found.retention_hours} h", did=did)


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"
