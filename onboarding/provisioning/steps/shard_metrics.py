"""CloudWatch receives the seven shard-level metrics, or none, as specified."""

from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.described import described_stream
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.polling import STREAM_UPDATING
from onboarding.provisioning.scoped_denials import offering_permission
from portal.aws.stream_settings import SHARD_LEVEL_METRICS, disable_shard_level_metrics, enable_shard_level_metrics
from portal.messages.message import Message

METRICS = frozenset(SHARD_LEVEL_METRICS)


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return (
        Message("step.shard_metrics_on") if plan.spec.stream.shard_level_metrics else Message("step.shard_metrics_off")
    )


def apply(context: Context) -> Done | Waiting:
    """Turn enhanced monitoring on or off."""
    name, wanted = context.plan.spec.stream.name, context.plan.spec.stream.shard_level_metrics
    found = described_stream(context)
    if found is None or found.status != "ACTIVE":
        return Waiting(STREAM_UPDATING, Message("waiting.stream_active"))
    on = METRICS if "ALL" in found.shard_level_metrics else found.shard_level_metrics & METRICS
    if wanted and on < METRICS:
        with offering_permission(name):
            enable_shard_level_metrics(context.aws, name)
        return Waiting(0.5, Message("waiting.shard_metrics_starting"))
    if not wanted and on and not _are_own_choice(context.plan, on):
        with offering_permission(name):
            disable_shard_level_metrics(context.aws, name)
        return Waiting(0.5, Message("waiting.shard_metrics_stopping"))
    return Done(found=Message("outcome.shard_metrics", metric_count=len(on)))


def _are_own_choice(plan: Plan, on: frozenset[str]) -> bool:
    """Return whether the metrics that are on are the client's own choice of a few, on an adopted stream."""
    return plan.spec.stream.adopt and on < METRICS


def check(context: Context) -> list[Difference]:
    """Compare the shard-level metrics with the plan; change nothing."""
    found = described_stream(context)
    wanted = METRICS if context.plan.spec.stream.shard_level_metrics else frozenset()
    if found is None or found.shard_level_metrics & METRICS == wanted:
        return []
    if not wanted and _are_own_choice(context.plan, found.shard_level_metrics & METRICS):
        return []
    count = len(found.shard_level_metrics & METRICS)
    return [Difference(Message("drift.shard_metrics"), _on(len(wanted)), _on(count))]


def _on(count: int) -> Message:
    return Message("drift.metrics_on", metric_count=count)
