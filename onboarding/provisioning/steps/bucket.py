"""The delivery bucket exists. A new one is ours, blocks public access, is encrypted, and requires TLS."""

from onboarding.provisioning.answers import Done, Refused, Waiting, not_ours, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import (
    DELETED,
    EXISTS,
    OFF,
    Difference,
    compare_documents,
    compare_tags,
    differing,
    value_of,
)
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import s3
from portal.aws.bucket_protection import (
    Encryption,
    block_public_access,
    bucket_encryption,
    bucket_policy,
    encrypt_bucket,
    is_public_access_blocked,
    put_bucket_policy,
)
from portal.aws.errors import AwsFault
from portal.aws.policies.delivery import tls_only_bucket_policy
from portal.aws.s3 import BucketState
from portal.messages.message import Message

KIND = "S3 bucket"


def title(plan: Plan, bucket: str) -> Message:
    """Return what the step ensures."""
    is_new = plan.spec.buckets[bucket]
    return Message("step.new_bucket", bucket=bucket) if is_new else Message("step.existing_bucket", bucket=bucket)


def apply(context: Context, bucket: str) -> Done | Waiting:
    """Create and harden a new bucket, or check an existing one and leave it unchanged."""
    state = s3.bucket_state(context.aws, bucket)
    if state is BucketState.NO_ACCESS:
        raise _no_access(context, bucket)
    if not context.plan.spec.buckets[bucket]:
        return _existing(context, bucket, state)
    if state is BucketState.ABSENT:
        context.ledger.intend(KIND, bucket)
        s3.create_bucket(context.aws, bucket, context.plan.spec.stream.region)
        # A bucket created a moment ago has none of this yet: nothing is read first.
        s3.set_bucket_tags(context.aws, bucket, context.plan.tags)
        return _hardened(context, bucket, [Message("outcome.created")], is_new=True)
    return _hardened(context, bucket, _owned(context, bucket))


def _no_access(context: Context, name: str) -> Refused:
    """Return what HeadBucket's 403 means: AWS gives it for another account's bucket, and for a denial in this one."""
    if any(owned.name == name and owned.is_seen for owned in context.ledger.inventory(KIND)):
        return Refused(Message("refused.own_bucket_denied", bucket=name))
    if not context.plan.spec.buckets[name]:
        return Refused(Message("refused.existing_bucket_denied", bucket=name))
    return Refused(Message("refused.bucket_name_taken", bucket=name))


def _existing(context: Context, name: str, state: BucketState) -> Done:
    region = context.plan.spec.stream.region
    if state is BucketState.ABSENT:
        raise Refused(Message("refused.no_bucket", bucket=name))
    found = s3.bucket_region(context.aws, name)
    if found != region:
        raise Refused(Message("refused.bucket_region", bucket=name, found=found, region=region))
    return Done(arn=context.plan.bucket_arn(name), found=Message("outcome.bucket_unchanged"))


def _owned(context: Context, name: str) -> list[Message]:
    tags = s3.bucket_tags(context.aws, name)
    if is_ours(context.plan, tags):
        return []
    if tags or context.ledger.intended_at(KIND, name) is None:
        raise not_ours(Message("resource.bucket", name=name), tags)
    s3.tag_bucket(context.aws, name, context.plan.tags)
    return [Message("outcome.tagged")]


def _hardened(context: Context, name: str, did: list[Message], *, is_new: bool = False) -> Done:
    aws, arn = context.aws, context.plan.bucket_arn(name)
    if is_new or not is_public_access_blocked(aws, name):
        block_public_access(aws, name)
        did.append(Message("outcome.public_access_blocked"))
    wanted = context.plan.spec.encryption_of(name)
    if is_new or bucket_encryption(aws, name) != wanted:
        encrypt_bucket(aws, name, wanted)
        did.append(Message("outcome.bucket_encrypted"))
    tls_only = tls_only_bucket_policy(arn)
    if is_new or bucket_policy(aws, name) != tls_only:
        put_bucket_policy(aws, name, tls_only)
        did.append(Message("outcome.tls_required"))
    context.ledger.present(KIND, name, arn)
    return Done(arn=arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def undo(context: Context) -> Done | Waiting:
    """Delete the bucket if it is empty. Sluice may not delete objects, so a bucket that holds one is kept."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    state = s3.bucket_state(context.aws, owned.name)
    if state is BucketState.ABSENT:
        return Removed(by_us=owned.is_going)
    if state is BucketState.NO_ACCESS:
        return Kept(Message("kept.bucket_not_accessible"))
    tags = s3.bucket_tags(context.aws, owned.name)
    # Without any tag it is the bucket that was being created when a worker died: it did not exist before.
    if (tags or owned.is_seen) and (kept := stranger(context, tags)):
        return kept
    if s3.list_keys(context.aws, owned.name, limit=1):
        return HOLDS_OBJECTS
    context.ledger.removing(KIND, owned.name)
    return _deleted(context, owned.name)


HOLDS_OBJECTS = Kept(Message("kept.holds_objects"))


def _deleted(context: Context, name: str) -> Removal:
    try:
        s3.delete_bucket(context.aws, name)
    except AwsFault as fault:
        if fault.code == "BucketNotEmpty":  # older versions of objects, or one that was written since
            return HOLDS_OBJECTS
        raise
    return Removed()


def check(context: Context, bucket: str) -> list[Difference]:
    """Compare the bucket with the plan; change nothing. Of a bucket of the client's own: check that it exists."""
    aws = context.aws
    state = s3.bucket_state(aws, bucket)
    if state is not BucketState.OURS_ACCOUNT:
        found = DELETED if state is BucketState.ABSENT else Message("drift.not_accessible")
        return [Difference(Message("resource.bucket", name=bucket), EXISTS, found)]
    if not context.plan.spec.buckets[bucket]:
        return []
    blocked, resource = Message("drift.blocked"), Message("resource.bucket", name=bucket)
    public_access = blocked if is_public_access_blocked(aws, bucket) else Message("drift.not_blocked")
    encryption = _named(context.plan.spec.encryption_of(bucket)), _named(bucket_encryption(aws, bucket))
    tls_only = tls_only_bucket_policy(context.plan.bucket_arn(bucket))
    return differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(context.plan, s3.bucket_tags(aws, bucket))),
            (Message("drift.public_access", resource=resource), blocked, public_access),
            (Message("drift.bucket_encryption", resource=resource), *encryption),
            (Message("drift.policy", resource=resource), *compare_documents(tls_only, bucket_policy(aws, bucket))),
        ]
    )


def _named(encryption: Encryption | None) -> Message:
    if encryption is None:
        return OFF
    if not encryption.is_kms:
        return Message("value.sse_s3")
    return value_of(encryption.key) if encryption.key else Message("value.aws_managed_s3_key")
