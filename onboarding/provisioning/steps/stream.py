"""A data stream of the specified mode, shard count, retention, record size and tags exists, is ours, and is ACTIVE."""

from onboarding.provisioning import adopted_stream
from onboarding.provisioning.answers import Done, Refused, Waiting, not_ours, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import CLOCK_SKEW
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
from onboarding.provisioning.plan import INTEGRATION_TAG, Plan, is_ours
from onboarding.provisioning.polling import STREAM_CREATING
from onboarding.provisioning.steps import client_tags
from onboarding.provisioning.steps import stream_configuration as configuration
from portal.aws import kinesis
from portal.aws.kinesis import Stream
from portal.messages.message import Message

KIND = "data stream"


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    stream = plan.spec.stream
    size = Message("stream.on_demand") if stream.mode == "ON_DEMAND" else configuration.shards(stream.shards or 1)
    name, hours = stream.name, stream.retention_hours
    if stream.adopt:
        return Message("step.stream_adopted", name=name, size=size, retention_hours=hours)
    return Message("step.stream", name=name, size=size, retention_hours=hours)


def apply(context: Context) -> Done | Waiting:
    """Create the stream or adopt it, and configure it as in the plan, one change at a time."""
    stream = context.plan.spec.stream
    name = stream.name
    found = described_stream(context)
    if stream.adopt:
        adopted_stream.require_confirmed(context, found)
    if found is None:
        return _create(context)
    if found.status == "DELETING":
        return Waiting(5, Message("waiting.stream_name_deleting"))
    if found.status != "ACTIVE":
        return Waiting(STREAM_CREATING, Message("waiting.stream_status", status=found.status))
    tags = kinesis.stream_tags(context.aws, name)
    did = _adopt(context, found, tags) if stream.adopt else _own(context, found, tags)
    found = configuration.set_retention(context, found)
    if waiting := configuration.start_next_change(context, found):
        return waiting
    return _present(context, found, [*did, *client_tags.apply(context, name, tags)])


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
    return Waiting(0.5, Message("waiting.stream_creating"))


def _own(context: Context, found: Stream, tags: dict[str, str]) -> list[Message]:
    """Make sure that the stream is ours; return what was done for that."""
    if is_ours(context.plan, tags):
        return []
    intended = context.ledger.intended_at(KIND, found.name)
    # The row shows that this integration found no such stream and was about to create it: it is ours, tagged or not.
    if tags or intended is None or found.created_at < intended - CLOCK_SKEW:
        raise _existing(found, tags)
    kinesis.tag_stream(context.aws, found.name, context.plan.stream_tags)
    return [Message("outcome.tagged")]


def _existing(found: Stream, tags: dict[str, str]) -> Refused:
    if INTEGRATION_TAG in tags:
        return not_ours(Message("resource.stream", name=found.name), tags)
    created = adopted_stream.second(found.created_at).isoformat()
    return Refused(Message("refused.stream_exists", name=found.name, created=created))


def _adopt(context: Context, found: Stream, tags: dict[str, str]) -> list[Message]:
    """Add Sluice's tags to the stream that someone confirmed; return what was done. Its own tags stay."""
    if is_ours(context.plan, tags):
        context.ledger.note(KIND, found.name, **{adopted_stream.NOTE: True})
        return []
    if INTEGRATION_TAG in tags:
        raise not_ours(Message("resource.stream", name=found.name), tags)
    # If only its tag was lost, it is adopted already.
    if not context.ledger.notes(KIND, found.name).get(adopted_stream.NOTE):
        context.ledger.intend(KIND, found.name, **{adopted_stream.NOTE: True})
    kinesis.tag_stream(context.aws, found.name, context.plan.stream_tags)
    return [Message("outcome.adopted")]


def _present(context: Context, found: Stream, did: list[Message]) -> Done:
    context.ledger.present(KIND, found.name, found.arn)
    context.ledger.saw_stream(found.name, found)
    on_demand = found.mode == "ON_DEMAND"
    size = Message("stream.on_demand") if on_demand else configuration.shards(found.open_shard_count)
    outcome = Message("outcome.stream_active", size=size, retention_hours=found.retention_hours)
    return Done(arn=found.arn, found=outcome, did=together(did))


def check(context: Context) -> list[Difference]:
    """Compare the stream with the plan; change nothing."""
    wanted = context.plan.spec.stream
    found = described_stream(context)
    if found is None or found.status == "DELETING":
        state = BEING_DELETED if found else DELETED
        return [Difference(Message("resource.stream", name=wanted.name), EXISTS, state)]
    tags = kinesis.stream_tags(context.aws, wanted.name)
    resource = Message("resource.stream", name=wanted.name)
    rows = [(Message("drift.tag", resource=resource), *compare_tags(context.plan, tags))]
    rows += [*configuration.rows(wanted, found), *client_tags.rows(wanted.tags, tags)]
    if wanted.adopt and not adopted_stream.is_the_one(wanted, found):
        created = adopted_stream.second(found.created_at).isoformat()
        rows.append((Message("drift.creation_time"), value_of(wanted.creation_timestamp), value_of(created)))
    return differing(rows)
