"""The table of contents of removal: the same resources as in workflow.py, in the reverse order of what needs what.

The access key, the producer's role and the consumers' roles are deleted first, so that nothing can write or read while
the rest is removed.
Encryption, shard-level metrics, the grant and the test record have no resource of their own: they are removed with the
stream and the IAM user.
A run that applies a changed spec has such steps too, for what is no longer in the spec.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from onboarding.provisioning import consumer_plan
from onboarding.provisioning.context import Terms
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.steps import (
    access_key,
    bucket,
    consumer_role,
    device_policy,
    fan_out,
    firehose,
    firehose_role,
    key,
    key_removal,
    log_group,
    producer_policy,
    producer_role,
    share,
    stream,
    stream_removal,
    thing_group,
    thing_type,
    topic_rule,
)
from onboarding.provisioning.workflow import REVOCATION, StepKind, steps_of
from onboarding.spec.integration_spec import ROLE, USER
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class RemovalKind:
    """A step that removes every resource of one kind; `title` gives its title from the resources' names."""

    step: StepKind
    kind: str
    title: Callable[[list[str]], Message]


def _untitled(plan: Plan) -> Message:
    raise TypeError("The title of a removal needs the names of what is removed.")


_PRODUCERS = ("remove_access_key", "remove_producer_role")
REMOVALS = (
    RemovalKind(
        # In a run that applies a spec, the role that replaces it works before it is deleted.
        StepKind("remove_access_key", ("producer_role_policy",), _untitled, access_key.undo),
        access_key.KIND,
        lambda names: Message("removal.access_key", names=names),
    ),
    RemovalKind(
        StepKind("remove_producer_role", ("test_record",), _untitled, producer_role.undo),
        producer_role.KIND,
        lambda names: Message("removal.producer_role", names=names),
    ),
    RemovalKind(
        StepKind("remove_share", (), _untitled, share.undo),
        share.KIND,
        lambda names: Message("removal.share", names=names),
    ),
    RemovalKind(
        # A consumer's own policy goes with it, and its statements before: by the step of the share.
        StepKind("remove_fan_out", ("remove_share",), _untitled, fan_out.undo),
        fan_out.KIND,
        lambda names: Message("removal.fan_out", names=names),
    ),
    RemovalKind(
        StepKind("remove_producer_policy", ("remove_access_key",), _untitled, producer_policy.undo),
        producer_policy.KIND,
        lambda names: Message("removal.producer_policy", names=names),
    ),
    RemovalKind(
        # Of a consumer that may read no more: at once, whatever becomes of the other steps.
        StepKind("remove_consumer_role", (), _untitled, consumer_role.undo),
        consumer_role.KIND,
        lambda names: Message("removal.consumer_role", names=names),
    ),
    RemovalKind(
        # In a run that applies a spec, the new Firehose stream delivers before the old one is deleted.
        StepKind("remove_firehose", (*_PRODUCERS, "firehose"), _untitled, firehose.undo),
        firehose.KIND,
        lambda names: Message("removal.firehose", names=names),
    ),
    RemovalKind(
        StepKind("remove_topic_rule", _PRODUCERS, _untitled, topic_rule.undo),
        topic_rule.KIND,
        lambda names: Message("removal.topic_rule", names=names),
    ),
    RemovalKind(
        # First deprecated, and deleted five minutes later: all other steps overlap with that.
        StepKind("remove_thing_type", ("thing_type",), _untitled, thing_type.undo),
        thing_type.KIND,
        lambda names: Message("removal.thing_type", names=names),
    ),
    RemovalKind(
        StepKind("remove_thing_group", ("thing_group",), _untitled, thing_group.undo),
        thing_group.KIND,
        lambda names: Message("removal.thing_group", names=names),
    ),
    RemovalKind(
        StepKind("remove_device_policy", ("device_policy",), _untitled, device_policy.undo),
        device_policy.KIND,
        lambda names: Message("removal.device_policy", names=names),
    ),
    RemovalKind(
        StepKind("remove_firehose_role", ("remove_firehose", "remove_topic_rule"), _untitled, firehose_role.undo),
        firehose_role.KIND,
        lambda names: Message("removal.firehose_role", names=names),
    ),
    RemovalKind(
        StepKind("remove_log_group", ("remove_firehose", "remove_topic_rule"), _untitled, log_group.undo),
        log_group.KIND,
        lambda names: Message("removal.log_group", names=names),
    ),
    RemovalKind(
        StepKind("remove_bucket", ("remove_firehose", "firehose"), _untitled, bucket.undo),
        bucket.KIND,
        lambda names: Message("removal.bucket", names=names),
    ),
    RemovalKind(
        StepKind(
            "remove_stream",
            # AWS deletes no stream that has registered consumers.
            (
                "remove_firehose",
                "remove_topic_rule",
                "remove_consumer_role",
                "remove_share",
                "remove_fan_out",
                *_PRODUCERS,
            ),
            _untitled,
            stream_removal.undo,
        ),
        stream.KIND,
        lambda names: Message("removal.stream", names=names),
    ),
    RemovalKind(
        StepKind("remove_key", ("remove_stream",), _untitled, key_removal.undo),
        key.KIND,
        lambda names: Message("removal.key", names=names),
    ),
)
KINDS = tuple(removal.kind for removal in REMOVALS)


def every_step_of(plan: Plan) -> dict[str, StepKind]:
    """Return every step that a run of a plan may have, by name: those that create, and those that remove."""
    creating = (REVOCATION, *steps_of(plan))
    return {kind.name: kind for kind in (*creating, *(_after_all(removal.step, creating) for removal in REMOVALS))}


def _after_all(removal: StepKind, creating: tuple[StepKind, ...]) -> StepKind:
    # “firehose” means the Firehose streams of all deliveries of the plan.
    named = {after: [kind.name for kind in creating if kind.name.partition(":")[0] == after] for after in removal.after}
    return replace(removal, after=tuple(name for after, names in named.items() for name in names or [after]))


def removals_of(owned: Iterable[Owned], terms: Terms) -> list[tuple[StepKind, Message]]:
    """Return the steps that remove what is not wanted, each with its title, in the order in which people read them."""
    unwanted = [resource for resource in owned if (resource.kind, resource.name) not in terms.wanted]
    found = {kind: [resource for resource in unwanted if resource.kind == kind] for kind in KINDS}
    return [(removal.step, _title(removal, found[removal.kind], terms)) for removal in REMOVALS if found[removal.kind]]


def wanted_by(plan: Plan) -> frozenset[tuple[str, str]]:
    """Return the (kind, name) of what a plan creates, and of a producer that the vendor still uses.

    IAM users belong to the access key: they stay, unless `plan.retired` says that it is no longer used.
    """
    wanted = {(stream.KIND, plan.spec.stream.name)}
    if plan.retired != USER:
        wanted.add((producer_policy.KIND, plan.producer_policy_name))
    if plan.retired != ROLE:
        wanted.add((producer_role.KIND, plan.producer_role_name))
    if plan.spec.stream.makes_key:
        wanted.add((key.KIND, plan.key_alias))
    wanted |= {(consumer_role.KIND, consumer_plan.role_name(plan, role)) for role in plan.spec.consumer_roles}
    wanted |= {(share.KIND, found.label) for found in plan.spec.shares}
    wanted |= {(fan_out.KIND, consumer.name) for consumer in plan.spec.fan_out}
    for delivery in plan.spec.deliveries:
        wanted |= {
            (bucket.KIND, delivery.bucket),
            (log_group.KIND, delivery.log_group),
            (firehose_role.KIND, plan.firehose_role_name(delivery)),
            (firehose.KIND, delivery.name),
        }
    if names := plan.devices:
        wanted |= {
            (thing_type.KIND, names.source.thing_type),
            (thing_group.KIND, names.source.thing_group),
            (device_policy.KIND, names.policy_name),
            (log_group.KIND, names.log_group),
            (firehose_role.KIND, names.role_name),
            (topic_rule.KIND, names.rule_name),
        }
    return frozenset(wanted)


def _title(removal: RemovalKind, unwanted: list[Owned], terms: Terms) -> Message:
    names = [resource.name for resource in unwanted]
    if all(resource.is_adopted for resource in unwanted):
        return Message("removal.adopted_stream", names=names)
    if removal.kind == stream.KIND and not terms.delete_data:
        return Message("removal.stream_if_empty", names=names)
    return removal.title(names)
