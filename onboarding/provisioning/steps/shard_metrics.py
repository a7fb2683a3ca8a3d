"""CloudWatch receives the seven shard-level metrics, or none if that was requested."""

from onboarding.provisioning.context import Context, Difference, Done, Plan, Waiting
from onboarding.provisioning.polling import STREAM_UPDATING
from portal.aws import kinesis

METRICS = frozenset(kinesis.SHARD_LEVEL_METRICS)


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    return "Shard-level metrics are on" if plan.spec.stream.shard_level_metrics else "Shard-level metrics are off"


def apply(context: Context) -> Done | Waiting:
    """Turn enhanced monitoring on or off."""
    name, wanted = context.plan.spec.stream.name, context.plan.spec.stream.shard_level_metrics
    found = kinesis.describe_stream(context.aws, name)
    if found is None or found.status != "ACTIVE":
        return Waiting(STREAM_UPDATING, "Waiting for the stream to be ACTIVE.")
    on = METRICS if "ALL" in found.shard_level_metrics else found.shard_level_metrics & METRICS
    if wanted and on < METRICS:
        kinesis.enable_shard_level_metrics(context.aws, name)
        return Waiting(0.5, "AWS is turning shard-level metrics on.")
    if not wanted and on and not _left(context.plan, on):
        kinesis.disable_shard_level_metrics(context.aws, name)
        return Waiting(0.5, "AWS is turning shard-level metrics off.")
    return Done(found=f"{len(on)} metrics")


def _left(plan: Plan, on: frozenset[str]) -> bool:
    """Tell whether some of the metrics stay on although they are not asked for: the client's own choice of a few, on a
    stream that was adopted."""
    return plan.spec.stream.adopt and on < METRICS


def check(context: Context) -> list[Difference]:
    """Compare the shard-level metrics with what is wanted; nothing is changed."""
    found = kinesis.describe_stream(context.aws, context.plan.spec.stream.name)
    wanted = METRICS if context.plan.spec.stream.shard_level_metrics else frozenset()
    if found is None or found.shard_level_metrics & METRICS == wanted:
        return []
    if not wanted and _left(context.plan, found.shard_level_metrics & METRICS):
        return []
    count = len(found.shard_level_metrics & METRICS)
    return [Difference("Shard-level metrics", f"{len(wanted)} on", f"{count} on")]
