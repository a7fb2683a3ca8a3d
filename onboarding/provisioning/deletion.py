"""Deletion of every kind of resource: only what is ours and listed is deleted, the rest is kept with a reason.

A step's `undo` calls `remove_all` with the few lines that know its service. Each answer for one resource is Removed,
Kept (with its reason), or Waiting. An absent resource counts as removed, so all of this can be repeated after a crash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from onboarding.provisioning.answers import Done, Waiting, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import INTEGRATION_TAG, is_ours
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession
from portal.messages.message import Message

# For some seconds, IAM does not list everywhere what was created a moment ago.
SETTLING = timedelta(seconds=10)
# How far AWS's clock and PostgreSQL's may differ.
CLOCK_SKEW = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Removed:
    """The resource is deleted; `by_us` unless it was absent at the first check."""

    by_us: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """The resource stays, and why."""

    reason: Message


Removal = Removed | Kept | Waiting
ROLE_MAY_NOT_DELETE = Message("kept.role_may_not_delete")


def unwanted(context: Context, kind: str) -> list[Owned]:
    """Return what the inventory lists of a kind and is not wanted any more."""
    return [owned for owned in context.ledger.inventory(kind) if (owned.kind, owned.name) not in context.terms.wanted]


def remove_all(
    context: Context, kind: str, remove: Callable[[Context, Owned], Removal], *, needs_permission: bool = True
) -> Done | Waiting:
    """Remove what is not wanted, commit each outcome at once, and answer with what was removed and what was kept."""
    removed: list[str] = []
    absent: list[str] = []
    kept: list[Message] = []
    for owned in unwanted(context, kind):
        answer = (
            Kept(ROLE_MAY_NOT_DELETE) if needs_permission and not context.terms.may_delete else remove(context, owned)
        )
        if isinstance(answer, Waiting):
            return answer
        if isinstance(answer, Kept):
            context.ledger.kept(kind, owned.name, answer.reason)
            kept.append(Message("outcome.kept", name=owned.name, reason=answer.reason))
        else:
            context.ledger.removed(kind, owned.name)
            (removed if answer.by_us else absent).append(owned.name)
    found = [Message("outcome.already_deleted", names=absent)] if absent else []
    return Done(found=together([*found, *kept]), did=Message("outcome.deleted", names=removed) if removed else None)


def stranger(context: Context, tags: dict[str, str]) -> Kept | None:
    """Return why a resource with a listed name is kept: its tag is not this integration's. None if it is."""
    if is_ours(context.plan, tags):
        return None
    if INTEGRATION_TAG in tags:
        return Kept(Message("kept.of_another_integration", tag=INTEGRATION_TAG, owner=tags[INTEGRATION_TAG]))
    return Kept(Message("kept.tag_removed", tag=INTEGRATION_TAG))


def delete_identity(
    context: Context,
    owned: Owned,
    tags: dict[str, str],
    *,
    delete: Callable[[AwsSession, str], None],
    get: Callable[[AwsSession, str], object | None],
) -> Removed | Kept:
    """Delete an IAM user or role that was found with `tags`, unless it is not ours. Raises AwsFault."""
    if kept := stranger(context, tags):
        return kept
    context.ledger.removing(owned.kind, owned.name)
    try:
        delete(context.aws, owned.name)
    except AwsFault as fault:
        # The answer was lost and the SDK asked again: IAM knows no path of what is deleted, so it refuses.
        if fault.kind is not FaultKind.DENIED or get(context.aws, owned.name) is not None:
            raise
    return Removed()


def is_settling(owned: Owned) -> bool:
    """Return whether something that is not found may still appear: it was created a moment ago and never seen."""
    return not owned.is_seen and owned.age is not None and owned.age < SETTLING


def by_hand(kind: str, name: str, arn: str, region: str) -> str:
    """Return the AWS CLI command that deletes a resource of a kind, or an empty string."""
    command = COMMANDS.get(kind, "")
    return command.format(name=name, arn=arn, region=region)


# A data stream that existed before: see adopted_stream.py.
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
    "consumer role": "aws iam delete-role-policy --role-name {name} --policy-name consumer && "
    "aws iam delete-role --role-name {name}",
    "thing type": "aws iot deprecate-thing-type --thing-type-name {name} --region {region} && sleep 305 && "
    "aws iot delete-thing-type --thing-type-name {name} --region {region}",
    "thing group": "aws iot delete-thing-group --thing-group-name {name} --region {region}",
    "device policy": "aws iot delete-policy --policy-name {name} --region {region}",
    "topic rule": "aws iot delete-topic-rule --rule-name {name} --region {region}",
    "producer role": "aws iam delete-role-policy --role-name {name} --policy-name producer && "
    "aws iam delete-role --role-name {name}",
    # The AWS CLI's own queries take the statement out, so that all others stay; `name` is the statement's Sid.
    "stream share": "policy=$(aws kinesis get-resource-policy --resource-arn {arn} --query Policy --output text "
    "--region {region}); policy=${{policy//\\`/\\\\\\`}}; "
    "left=\"merge(\\`$policy\\`, {{Statement: [\\`$policy\\`.Statement][] | [?Sid != '{name}']}})\"; "
    'if [ "$(aws sts get-caller-identity --query "length(($left).Statement)" --output text)" = 0 ]; then '
    "aws kinesis delete-resource-policy --resource-arn {arn} --region {region}; else "
    "aws kinesis put-resource-policy --resource-arn {arn} --region {region} "
    '--policy "$(aws sts get-caller-identity --query "to_string($left)" --output text)"; fi',
    "fan-out consumer": "aws kinesis deregister-stream-consumer --consumer-arn {arn} --region {region}",
    "KMS key": "aws kms schedule-key-deletion --key-id {arn} --pending-window-in-days 30 --region {region}",
    "Firehose stream": "aws firehose delete-delivery-stream --delivery-stream-name {name} --region {region}",
}
