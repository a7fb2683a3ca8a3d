"""What the removal of every kind of resource shares: only what is ours and listed goes, the rest is kept with a reason.

A step's `undo` calls `remove_all` with the few lines that know its service. Each answer for one resource is Removed,
Kept (why, and how a person removes it), or Waiting. What is absent already counts as removed, so any of it can be
repeated after a crash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from onboarding.provisioning.context import INTEGRATION_TAG, Context, Done, Owned, Waiting, is_ours

# IAM does not know everywhere, for some seconds, what was made a moment ago.
SETTLING = timedelta(seconds=10)
# How far AWS's clock and PostgreSQL's may differ.
CLOCK_SKEW = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Removed:
    """The resource is gone; `by_us` unless it was absent when first looked for."""

    by_us: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """The resource stays, and why."""

    reason: str


Removal = Removed | Kept | Waiting
ROLE_MAY_NOT = "Your role was set up without the right to delete, so Sluice leaves it."


def leaving(context: Context, kind: str) -> list[Owned]:
    """Return what of a kind stands in the inventory and is not wanted any more."""
    return [one for one in context.ledger.inventory(kind) if (one.kind, one.name) not in context.terms.wanted]


def remove_all(
    context: Context, kind: str, remove: Callable[[Context, Owned], Removal], *, needs_right: bool = True
) -> Done | Waiting:
    """Remove what is leaving, commit each outcome at once, and answer with what was removed and what was kept."""
    removed: list[str] = []
    absent: list[str] = []
    kept: list[str] = []
    for owned in leaving(context, kind):
        answer = Kept(ROLE_MAY_NOT) if needs_right and not context.terms.may_delete else remove(context, owned)
        if isinstance(answer, Waiting):
            return answer
        if isinstance(answer, Kept):
            context.ledger.kept(kind, owned.name, answer.reason)
            kept.append(f"kept {owned.name}: {answer.reason}")
        else:
            context.ledger.removed(kind, owned.name)
            (removed if answer.by_us else absent).append(owned.name)
    found = [f"{', '.join(absent)}: gone already"] if absent else []
    did = [f"deleted {', '.join(removed)}"] if removed else []
    return Done(found=" ".join([*found, *kept]), did=" ".join(did))


def stranger(context: Context, tags: dict[str, str]) -> Kept | None:
    """Return why something of a listed name is kept although it is there: its tag is not this integration's."""
    if is_ours(context.plan, tags):
        return None
    if INTEGRATION_TAG in tags:
        return Kept(f"It carries {INTEGRATION_TAG}={tags[INTEGRATION_TAG]}, so it belongs to another integration.")
    return Kept(f"It does not carry the tag {INTEGRATION_TAG} any more, so Sluice cannot tell that it is its own.")


def is_settling(owned: Owned) -> bool:
    """Tell whether something that is not found may still turn up: it was asked for a moment ago, and never seen."""
    return not owned.is_seen and datetime.now(UTC) - owned.intended_at < SETTLING


def by_hand(kind: str, name: str, arn: str, region: str) -> str:
    """Return the AWS command line that removes a resource of a kind by hand, or an empty string."""
    command = COMMANDS.get(kind, "")
    return command.format(name=name, arn=arn, region=region)


# A data stream that was there before: see adoption.py.
ADOPTED = "adopted data stream"
COMMANDS = {
    ADOPTED: "aws kinesis remove-tags-from-stream --stream-name {name} --tag-keys sluice:integration sluice:tenant "
    "--region {region}",
    "data stream": "aws kinesis delete-stream --stream-name {name} --region {region}",
    "IAM policy": "aws iam delete-policy --policy-arn {arn}",
    "IAM user": "for key in $(aws iam list-access-keys --user-name {name} --query AccessKeyMetadata[].AccessKeyId "
    "--output text); do aws iam delete-access-key --user-name {name} --access-key-id $key; done; "
    "for policy in $(aws iam list-attached-user-policies --user-name {name} --query AttachedPolicies[].PolicyArn "
    "--output text); do aws iam detach-user-policy --user-name {name} --policy-arn $policy; done; "
    "aws iam delete-user --user-name {name}",
    "S3 bucket": "aws s3 rb s3://{name} --force",
    "log group": "aws logs delete-log-group --log-group-name {name} --region {region}",
    "IAM role": "aws iam delete-role-policy --role-name {name} --policy-name delivery && "
    "aws iam delete-role --role-name {name}",
    "KMS key": "aws kms schedule-key-deletion --key-id {arn} --pending-window-in-days 30 --region {region}",
    "Firehose stream": "aws firehose delete-delivery-stream --delivery-stream-name {name} --region {region}",
}
