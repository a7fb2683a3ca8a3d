"""The table of contents of drift: the steps that can tell whether what they ensured still holds. They only read."""

from collections.abc import Callable

from onboarding.provisioning.context import Context, Difference, Plan
from onboarding.provisioning.steps import (
    access_key,
    bucket,
    encryption,
    firehose,
    firehose_role,
    grant,
    log_group,
    producer_policy,
    shard_metrics,
    stream,
)

Check = Callable[[Context], list[Difference]]

ALWAYS: tuple[tuple[str, Check], ...] = (
    ("stream", stream.check),
    ("encryption", encryption.check),
    ("shard_metrics", shard_metrics.check),
    ("producer_policy", producer_policy.check),
)
DELIVERY: tuple[tuple[str, Check], ...] = (
    ("bucket", bucket.check),
    ("log_group", log_group.check),
    ("firehose_role", firehose_role.check),
    ("firehose", firehose.check),
)
KEY: tuple[tuple[str, Check], ...] = (("access_key", access_key.check), ("grant", grant.check))


def checks_of(plan: Plan) -> tuple[tuple[str, Check], ...]:
    """Return the checks of a plan, by the name of their step, in the order of the steps."""
    return (*ALWAYS, *(DELIVERY if plan.spec.delivery else ()), *KEY)
