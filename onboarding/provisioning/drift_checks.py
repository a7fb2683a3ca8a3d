"""The table of contents of drift: the steps that can check whether their condition still holds. They only read."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import Difference
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
    rule_log_group,
    rule_role,
    shard_metrics,
    share,
    stream,
    thing_group,
    thing_type,
    topic_rule,
)
from onboarding.spec.integration_spec import ROLE, USER
from onboarding.spec.remediation import RemediationAction

_REVOKE = RemediationAction.REVOKE_KEY
Check = Callable[[Context], list[Difference]]

ALWAYS: tuple[tuple[str, Check], ...] = (
    ("stream", stream.check),
    ("encryption", encryption.check),
    ("shard_metrics", shard_metrics.check),
)
PRODUCER_POLICY: tuple[tuple[str, Check], ...] = (("producer_policy", producer_policy.check),)
KEY: tuple[tuple[str, Check], ...] = (("access_key", access_key.check), ("grant", grant.check))
PRODUCER_ROLE: tuple[tuple[str, Check], ...] = (
    ("producer_role", producer_role.check),
    ("producer_role_policy", producer_role_policy.check),
)

DEVICES: tuple[tuple[str, Check], ...] = (
    ("thing_type", thing_type.check),
    ("thing_group", thing_group.check),
    ("device_policy", device_policy.check),
    ("rule_log_group", rule_log_group.check),
    ("rule_role", rule_role.check),
    ("topic_rule", topic_rule.check),
)


def checks_of(plan: Plan) -> tuple[tuple[str, Check], ...]:
    """Return the checks of a plan, by the name of their step, in the order of the steps."""
    buckets = [(f"bucket:{name}", partial(bucket.check, bucket=name)) for name in plan.spec.buckets]
    deliveries = [
        (f"{step}:{delivery.name}", partial(check, delivery=delivery))
        for delivery in plan.spec.deliveries
        for step, check in (
            ("log_group", log_group.check),
            ("firehose_role", firehose_role.check),
            ("firehose", firehose.check),
        )
    ]
    consumers = [
        (f"consumer_role:{role.name}", partial(consumer_role.check, role=role)) for role in plan.spec.consumer_roles
    ]
    devices = DEVICES if plan.spec.devices else ()
    deliveries += [(f"share:{found.label}", partial(share.check, share=found)) for found in plan.spec.shares]
    deliveries += [(f"fan_out:{each.name}", partial(fan_out.check, consumer=each)) for each in plan.spec.fan_out]
    new_key = (("key", key.check),) if plan.spec.stream.makes_key else ()
    if plan.spec.is_by_role:
        return (*new_key, *ALWAYS, *PRODUCER_ROLE, *consumers, *buckets, *deliveries, *devices, *_former(plan))
    return (*new_key, *ALWAYS, *PRODUCER_POLICY, *consumers, *buckets, *deliveries, *devices, *KEY, *_former(plan))


def _former(plan: Plan) -> tuple[tuple[str, Check], ...]:
    """Return the checks of the producer that a move replaces, while it works: what it may do is as important."""
    kept = {USER: (*PRODUCER_POLICY, *KEY), ROLE: PRODUCER_ROLE}.get(plan.former, ())
    return tuple((name, partial(_without_repairs, check)) for name, check in kept)


def _without_repairs(check: Check, context: Context) -> list[Difference]:
    # A repair is a run of the spec, whose steps are those of the other producer. A key is revoked by an act of its own.
    return [
        replace(found, remediations=tuple(row for row in found.remediations if row.action is _REVOKE))
        for found in check(context)
    ]
