"""The table of contents of removal: the same resources as in workflow.py, in the reverse order of what needs what.

The access key goes first, so that nothing can write any more while the rest is taken down. Encryption, shard-level
metrics, the grant and the test record leave nothing of their own: they go with the stream and with the IAM user.
A run that applies a changed spec has such steps too, for what the spec does not want any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from onboarding.provisioning.context import Owned, Plan, Terms
from onboarding.provisioning.steps import (
    access_key,
    bucket,
    firehose,
    firehose_role,
    key,
    log_group,
    producer_policy,
    stream,
)
from onboarding.provisioning.workflow import StepKind, steps_of


@dataclass(frozen=True, slots=True)
class RemovalKind:
    """A step that removes every resource of one kind; `words` is its title, with the names filled in."""

    step: StepKind
    kind: str
    words: str


def _as_is(plan: Plan) -> str:
    return ""


REMOVALS = (
    RemovalKind(
        StepKind("remove_access_key", (), _as_is, access_key.undo, "a few seconds"),
        access_key.KIND,
        "The access key is revoked, and IAM user {names} deleted",
    ),
    RemovalKind(
        StepKind("remove_producer_policy", ("remove_access_key",), _as_is, producer_policy.undo, "a second"),
        producer_policy.KIND,
        "Policy {names} is deleted with all its versions",
    ),
    RemovalKind(
        # In a run that applies a spec, what replaces a Firehose stream delivers before the old one goes.
        StepKind("remove_firehose", ("remove_access_key", "firehose"), _as_is, firehose.undo, "15 to 60 seconds"),
        firehose.KIND,
        "Firehose {names} is deleted",
    ),
    RemovalKind(
        StepKind("remove_firehose_role", ("remove_firehose",), _as_is, firehose_role.undo, "a second"),
        firehose_role.KIND,
        "Role {names} is deleted",
    ),
    RemovalKind(
        StepKind("remove_log_group", ("remove_firehose",), _as_is, log_group.undo, "a second"),
        log_group.KIND,
        "Log group {names} is deleted",
    ),
    RemovalKind(
        StepKind("remove_bucket", ("remove_firehose", "firehose"), _as_is, bucket.undo, "a second"),
        bucket.KIND,
        "Bucket {names} is deleted if it is empty",
    ),
    RemovalKind(
        StepKind("remove_stream", ("remove_firehose", "remove_access_key"), _as_is, stream.undo, "10 to 60 seconds"),
        stream.KIND,
        "Data stream {names} is deleted",
    ),
    RemovalKind(
        StepKind("remove_key", ("remove_stream",), _as_is, key.undo, "a second"),
        key.KIND,
        "KMS key {names} is deleted in 30 days, or kept if anything needs it",
    ),
)
KINDS = tuple(one.kind for one in REMOVALS)


def every_step_of(plan: Plan) -> dict[str, StepKind]:
    """Return every step that a run of a plan may have, by name: those that make, and those that remove."""
    made = steps_of(plan)
    return {kind.name: kind for kind in (*made, *(_after_all(one.step, made) for one in REMOVALS))}


def _after_all(removal: StepKind, made: tuple[StepKind, ...]) -> StepKind:
    # “firehose” stands for the Firehose streams of all deliveries that the plan makes.
    named = {after: [one.name for one in made if one.name.partition(":")[0] == after] for after in removal.after}
    return replace(removal, after=tuple(name for after, names in named.items() for name in names or [after]))


def removals_of(owned: Iterable[Owned], terms: Terms) -> list[tuple[StepKind, str]]:
    """Return the steps that remove what is not wanted, each with its title, in the order in which people read them."""
    going = [one for one in owned if (one.kind, one.name) not in terms.wanted]
    found = {kind: [one for one in going if one.kind == kind] for kind in KINDS}
    return [(one.step, _title(one, found[one.kind], terms)) for one in REMOVALS if found[one.kind]]


def wanted_by(plan: Plan) -> frozenset[tuple[str, str]]:
    """Return the (kind, name) that a plan wants. IAM users are the key's own affair and always stay."""
    wanted = {
        (stream.KIND, plan.spec.stream.name),
        (producer_policy.KIND, plan.producer_policy_name),
    }
    if plan.spec.stream.makes_key:
        wanted.add((key.KIND, plan.key_alias))
    for delivery in plan.spec.deliveries:
        wanted |= {
            (bucket.KIND, delivery.bucket),
            (log_group.KIND, delivery.log_group),
            (firehose_role.KIND, plan.firehose_role_name(delivery)),
            (firehose.KIND, delivery.name),
        }
    return frozenset(wanted)


def _title(removal: RemovalKind, going: list[Owned], terms: Terms) -> str:
    names = ", ".join(one.name for one in going)
    if all(one.is_adopted for one in going):
        return f"Data stream {names} is yours: it is kept as it is, without Sluice's tags"
    if removal.kind == stream.KIND and not terms.delete_data:
        return f"Data stream {names} is kept with its records, or deleted if it holds none"
    return removal.words.format(names=names)
