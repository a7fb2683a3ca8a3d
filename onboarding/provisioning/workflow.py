"""The table of contents of provisioning: the steps, and what each waits for. Nothing else stands here.

Each step is a file in `steps/` whose docstring states the condition that it guarantees.
The access key comes last, so that its secret lives as briefly as can be and is not made at all where the rest fails.
"""

from collections.abc import Callable
from dataclasses import dataclass

from onboarding.provisioning.context import Context, Done, Plan, Waiting
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
    StepKind("encryption", ("stream",), encryption.title, encryption.apply, "5 to 15 seconds"),
    StepKind("shard_metrics", ("encryption",), shard_metrics.title, shard_metrics.apply, "5 to 15 seconds"),
    StepKind("producer_policy", (), producer_policy.title, producer_policy.apply, "a second"),
)
DELIVERY = (
    StepKind("bucket", (), bucket.title, bucket.apply, "a few seconds"),
    StepKind("log_group", (), log_group.title, log_group.apply, "a second"),
    StepKind("firehose_role", (), firehose_role.title, firehose_role.apply, "a second"),
    StepKind(
        "firehose",
        ("stream", "encryption", "bucket", "log_group", "firehose_role"),
        firehose.title,
        firehose.apply,
        "15 to 60 seconds",
    ),
)
KEY = ("access_key", "grant", "test_record")


def steps_of(plan: Plan) -> tuple[StepKind, ...]:
    """Return the plan's steps in the order in which people read them."""
    delivery = DELIVERY if plan.spec.delivery else ()
    before_key = tuple(kind.name for kind in (*ALWAYS, *delivery))
    return (
        *ALWAYS,
        *delivery,
        StepKind("access_key", before_key, access_key.title, access_key.apply, "a few seconds"),
        StepKind("grant", ("access_key",), grant.title, grant.apply, "a second"),
        StepKind("test_record", ("grant",), test_record.title, test_record.apply, "5 to 15 seconds"),
    )
