"""The table of contents of provisioning: the steps, and what each waits for. Nothing else is defined here.

Each step is a file in `steps/` whose docstring states the condition that it guarantees.
The access key is created while what it does not need becomes ready, but only once all of that is under way, and it is
downloadable only when all of it is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from onboarding.consumers.role import ConsumerRole
from onboarding.deliveries.delivery import Delivery
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.steps import (
    access_key,
    bucket,
    consumer_role,
    device_policy,
    encryption,
    fan_out,
    firehose,
    firehose_role,
    grant,
    key,
    log_group,
    producer_policy,
    producer_role,
    producer_role_policy,
    revoke_access_key,
    rule_log_group,
    rule_role,
    shard_metrics,
    share,
    stream,
    test_record,
    thing_group,
    thing_type,
    topic_rule,
)
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class StepKind:
    """A step: its name, the names it waits for, its title for a plan, and the function that carries it out.

    `beside` are the names that must be done or under way: AWS is working on them, and has refused nothing.
    """

    name: str
    after: tuple[str, ...]
    title: Callable[[Plan], Message]
    apply: Callable[[Context], Done | Waiting]
    beside: tuple[str, ...] = ()


ALWAYS = (
    StepKind("stream", (), stream.title, stream.apply),
    StepKind("encryption", ("key", "stream"), encryption.title, encryption.apply),
)
PRODUCER_POLICY = StepKind("producer_policy", ("key",), producer_policy.title, producer_policy.apply)
# Of a producer by role, which has neither a policy of its own nor an access key.
PRODUCER_ROLE = (
    StepKind("producer_role", (), producer_role.title, producer_role.apply),
    StepKind("producer_role_policy", ("key", "producer_role"), producer_role_policy.title, producer_role_policy.apply),
)
# Only of devices that send through AWS IoT Core.
DEVICES = (
    StepKind("thing_type", (), thing_type.title, thing_type.apply),
    StepKind("thing_group", (), thing_group.title, thing_group.apply),
    StepKind("device_policy", (), device_policy.title, device_policy.apply),
    StepKind("rule_log_group", (), rule_log_group.title, rule_log_group.apply),
    StepKind("rule_role", ("key",), rule_role.title, rule_role.apply),
    StepKind("topic_rule", ("encryption", "rule_log_group", "rule_role"), topic_rule.title, topic_rule.apply),
)
# Ready long before a Firehose stream: it comes after the deliveries, so that a pass asks for those first.
SHARD_METRICS = StepKind("shard_metrics", ("encryption",), shard_metrics.title, shard_metrics.apply)
# Only if Sluice creates a KMS key; if it is not among the steps, nothing waits for it.
NEW_KEY = StepKind("key", (), key.title, key.apply)
# Only if someone revoked the access key: at once, whatever becomes of the other steps.
REVOCATION = StepKind("revoke_access_key", (), revoke_access_key.title, revoke_access_key.apply)
KEY_STEPS = ("access_key", "grant", "test_record")
# What the record of the test needs.
BEFORE_KEY = (REVOCATION.name, NEW_KEY.name, *(kind.name for kind in ALWAYS), PRODUCER_POLICY.name)


def steps_of(plan: Plan) -> tuple[StepKind, ...]:
    """Return the plan's steps in the order in which people read them."""
    deliveries = [kind for delivery in plan.spec.deliveries for kind in _delivery(delivery)]
    new_key = (NEW_KEY,) if plan.spec.stream.makes_key else ()
    producer = PRODUCER_ROLE if plan.spec.is_by_role else (PRODUCER_POLICY,)
    consumers = [_consumer(role) for role in plan.spec.consumer_roles]
    devices = DEVICES if plan.spec.devices else ()
    before = (
        *new_key,
        *ALWAYS,
        *producer,
        *consumers,
        *_buckets(plan),
        *deliveries,
        *devices,
        SHARD_METRICS,
        *_fan_out(plan),
        *_shares(plan),
    )
    if plan.spec.is_by_role:
        return before
    beside = tuple(kind.name for kind in before if kind.name not in BEFORE_KEY)
    return (
        *before,
        StepKind("access_key", BEFORE_KEY, access_key.title, access_key.apply, beside),
        StepKind("grant", ("access_key",), grant.title, grant.apply),
        StepKind("test_record", ("grant",), test_record.title, test_record.apply),
    )


def _buckets(plan: Plan) -> list[StepKind]:
    return [
        StepKind(
            f"bucket:{name}",
            (),
            partial(bucket.title, bucket=name),
            partial(bucket.apply, bucket=name),
        )
        for name in plan.spec.buckets
    ]


def _fan_out(plan: Plan) -> list[StepKind]:
    return [_registered(consumer) for consumer in plan.spec.fan_out]


def _registered(consumer: FanOutConsumer) -> StepKind:
    # AWS registers a consumer only while the stream is ACTIVE, and it is not while its encryption is switched.
    title, apply = partial(fan_out.title, consumer=consumer), partial(fan_out.apply, consumer=consumer)
    return StepKind(f"fan_out:{consumer.name}", ("stream", "encryption"), title, apply)


def _shares(plan: Plan) -> list[StepKind]:
    return [
        StepKind(
            f"share:{found.label}",
            ("key", "stream", "encryption", *([f"fan_out:{found.fan_out}"] if found.fan_out else [])),
            partial(share.title, share=found),
            partial(share.apply, share=found),
        )
        for found in plan.spec.shares
    ]


def _delivery(delivery: Delivery) -> list[StepKind]:
    name = delivery.name
    after = ("stream", "encryption", f"bucket:{delivery.bucket}", f"log_group:{name}", f"firehose_role:{name}")
    # What the role needs of an existing bucket is read from it, once it is known to be the client's own.
    of_bucket = () if delivery.new_bucket else (f"bucket:{delivery.bucket}",)
    return [
        _of(log_group, "log_group", (), delivery),
        _of(firehose_role, "firehose_role", ("key", *of_bucket), delivery),
        _of(firehose, "firehose", after, delivery),
    ]


def _consumer(role: ConsumerRole) -> StepKind:
    # What it can do names the KMS key.
    title, apply = partial(consumer_role.title, role=role), partial(consumer_role.apply, role=role)
    return StepKind(f"consumer_role:{role.name}", ("key",), title, apply)


def _of(step: Any, kind: str, after: tuple[str, ...], delivery: Delivery) -> StepKind:
    title, apply = partial(step.title, delivery=delivery), partial(step.apply, delivery=delivery)
    return StepKind(f"{kind}:{delivery.name}", after, title, apply)
