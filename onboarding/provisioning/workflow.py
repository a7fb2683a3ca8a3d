"""The table of contents of provisioning: the steps, and what each waits for. Nothing else stands here.

Each step is a file in `steps/` whose docstring states the condition that it guarantees.
The access key comes last, so that its secret lives as briefly as can be and is not made at all where the rest fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.context import Context, Done, Plan, Waiting
from onboarding.provisioning.steps import (
    access_key,
    bucket,
    encryption,
    firehose,
    firehose_role,
    grant,
    key,
    log_group,
    producer_policy,
    shard_metrics,
    stream,
    test_record,
)


@dataclass(frozen=True, slots=True)
class StepKind:
    """A step: its name, the names it waits for, its title for a plan, and what carries it out."""

    name: str
    after: tuple[str, ...]
    title: Callable[[Plan], str]
    apply: Callable[[Context], Done | Waiting]
    usual: str


ALWAYS = (
    StepKind("stream", (), stream.title, stream.apply, "10 to 30 seconds"),
    StepKind("encryption", ("key", "stream"), encryption.title, encryption.apply, "5 to 15 seconds"),
    StepKind("shard_metrics", ("encryption",), shard_metrics.title, shard_metrics.apply, "5 to 15 seconds"),
    StepKind("producer_policy", ("key",), producer_policy.title, producer_policy.apply, "a second"),
)
# Only where a KMS key is to be made; where it is not among the steps, nothing waits for it.
NEW_KEY = StepKind("key", (), key.title, key.apply, "a few seconds")
KEY = ("access_key", "grant", "test_record")
# What comes before the colon of a step that is there once for each bucket or delivery, and how long it usually takes.
OF_DELIVERIES = {
    "bucket": "a few seconds",
    "log_group": "a second",
    "firehose_role": "a second",
    "firehose": "15 to 60 seconds",
}


def steps_of(plan: Plan) -> tuple[StepKind, ...]:
    """Return the plan's steps in the order in which people read them."""
    deliveries = [kind for delivery in plan.spec.deliveries for kind in _delivery(delivery)]
    new_key = (NEW_KEY,) if plan.spec.stream.makes_key else ()
    before_key = tuple(kind.name for kind in (*new_key, *ALWAYS, *_buckets(plan), *deliveries))
    return (
        *new_key,
        *ALWAYS,
        *_buckets(plan),
        *deliveries,
        StepKind("access_key", before_key, access_key.title, access_key.apply, "a few seconds"),
        StepKind("grant", ("access_key",), grant.title, grant.apply, "a second"),
        StepKind("test_record", ("grant",), test_record.title, test_record.apply, "5 to 15 seconds"),
    )


def _buckets(plan: Plan) -> list[StepKind]:
    return [
        StepKind(
            f"bucket:{name}",
            (),
            partial(bucket.title, bucket=name),
            partial(bucket.apply, bucket=name),
            OF_DELIVERIES["bucket"],
        )
        for name in plan.spec.buckets
    ]


def _delivery(delivery: Delivery) -> list[StepKind]:
    name = delivery.name
    after = ("stream", "encryption", f"bucket:{delivery.bucket}", f"log_group:{name}", f"firehose_role:{name}")
    return [
        _of(log_group, "log_group", (), delivery),
        _of(firehose_role, "firehose_role", ("key",), delivery),
        _of(firehose, "firehose", after, delivery),
    ]


def _of(step: Any, kind: str, after: tuple[str, ...], delivery: Delivery) -> StepKind:
    title, apply = partial(step.title, delivery=delivery), partial(step.apply, delivery=delivery)
    return StepKind(f"{kind}:{delivery.name}", after, title, apply, OF_DELIVERIES[kind])
