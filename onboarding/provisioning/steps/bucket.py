"""The delivery bucket exists. A new one is ours, closed to the public, encrypted, and answers over TLS only."""

from onboarding.provisioning.context import Context, Difference, Done, Owned, Plan, Refused, Waiting, is_ours, not_ours
from onboarding.provisioning.deletion import Kept, Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import differing, rights, whose_tag
from portal.aws import s3
from portal.aws.errors import AwsFault
from portal.aws.policies.delivery import tls_only_bucket_policy
from portal.aws.s3 import BucketState

KIND = "S3 bucket"


def title(plan: Plan, bucket: str) -> str:
    """Return what the step ensures, for people."""
    if plan.spec.buckets[bucket]:
        return f"Bucket {bucket} is there: private, encrypted, TLS only"
    return f"Your bucket {bucket} is there, in the stream's Region"


def apply(context: Context, bucket: str) -> Done | Waiting:
    """Create and harden a new bucket, or look at an existing one and leave it as it is."""
    state = s3.bucket_state(context.aws, bucket)
    if state is BucketState.FOREIGN:
        raise Refused(
            f"The bucket name {bucket} belongs to somebody else: bucket names are shared by all AWS accounts.",
            "Choose another bucket name and try again.",
        )
    if not context.plan.spec.buckets[bucket]:
        return _existing(context, bucket, state)
    if state is BucketState.ABSENT:
        context.ledger.intend(KIND, bucket)
        s3.create_bucket(context.aws, bucket, context.plan.spec.stream.region)
        # What was made a moment ago has none of this yet: nothing is read first.
        s3.set_bucket_tags(context.aws, bucket, context.plan.tags)
        return _hardened(context, bucket, ["created"], is_new=True)
    return _hardened(context, bucket, _owned(context, bucket))


def _existing(context: Context, name: str, state: BucketState) -> Done:
    region = context.plan.spec.stream.region
    if state is BucketState.ABSENT:
        raise Refused(f"There is no bucket named {name} in your account.", "Create it, or let Sluice make a new one.")
    found = s3.bucket_region(context.aws, name)
    if found != region:
        raise Refused(
            f"The bucket {name} is in {found}; the stream is in {region}, and Firehose requires the same Region.",
            f"Choose a bucket in {region}.",
        )
    return Done(arn=context.plan.bucket_arn(name), found="exists; left as it is")


def _owned(context: Context, name: str) -> list[str]:
    tags = s3.bucket_tags(context.aws, name)
    if is_ours(context.plan, tags):
        return []
    if tags or context.ledger.intended_at(KIND, name) is None:
        raise not_ours(f"A bucket named {name}", tags)
    s3.tag_bucket(context.aws, name, context.plan.tags)
    return ["tagged"]


def _hardened(context: Context, name: str, did: list[str], *, is_new: bool = False) -> Done:
    aws, arn = context.aws, context.plan.bucket_arn(name)
    if is_new or not s3.is_public_access_blocked(aws, name):
        s3.block_public_access(aws, name)
        did.append("closed to the public")
    if is_new or s3.bucket_encryption(aws, name) is None:
        s3.encrypt_bucket(aws, name)
        did.append("encrypted")
    tls_only = tls_only_bucket_policy(arn)
    if is_new or s3.bucket_policy(aws, name) != tls_only:
        s3.put_bucket_policy(aws, name, tls_only)
        did.append("TLS only")
    context.ledger.present(KIND, name, arn)
    return Done(arn=arn, found="" if did else "as wanted", did=", ".join(did))


def undo(context: Context) -> Done | Waiting:
    """Delete the bucket if it is empty. Sluice has no right to delete an object, so a bucket that holds one is kept."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    state = s3.bucket_state(context.aws, owned.name)
    if state is BucketState.ABSENT:
        return Removed(by_us=owned.is_going)
    if state is BucketState.FOREIGN:
        return Kept("It is not in your account, or Sluice may not look at it any more.")
    tags = s3.bucket_tags(context.aws, owned.name)
    # Without any tag it is the bucket that was being made when a worker died: it was not there when that was intended.
    if (tags or owned.is_seen) and (kept := stranger(context, tags)):
        return kept
    if s3.list_keys(context.aws, owned.name, limit=1):
        return HOLDS_OBJECTS
    context.ledger.removing(KIND, owned.name)
    return _deleted(context, owned.name)


HOLDS_OBJECTS = Kept("It holds objects, which Sluice has no right to delete.")


def _deleted(context: Context, name: str) -> Removal:
    try:
        s3.delete_bucket(context.aws, name)
    except AwsFault as fault:
        if fault.code == "BucketNotEmpty":  # older versions of objects, or one that has come since
            return HOLDS_OBJECTS
        raise
    return Removed()


def check(context: Context, bucket: str) -> list[Difference]:
    """Compare the bucket with what is wanted; nothing is changed. Of a bucket of the client's own: that it is there."""
    aws = context.aws
    state = s3.bucket_state(aws, bucket)
    if state is not BucketState.OURS_ACCOUNT:
        found = "gone" if state is BucketState.ABSENT else "in another account, or out of reach"
        return [Difference(f"Bucket {bucket}", "there", found)]
    if not context.plan.spec.buckets[bucket]:
        return []
    closed = "closed" if s3.is_public_access_blocked(aws, bucket) else "open: a block is off"
    encryption = s3.bucket_encryption(aws, bucket)
    tls_only = tls_only_bucket_policy(context.plan.bucket_arn(bucket))
    return differing(
        [
            (f"The tag of bucket {bucket}", *whose_tag(context.plan, s3.bucket_tags(aws, bucket))),
            (f"Public access to bucket {bucket}", "closed", closed),
            (f"Encryption of bucket {bucket}", "on", "on" if encryption else "off"),
            (f"The policy of bucket {bucket}", *rights(tls_only, s3.bucket_policy(aws, bucket))),
        ]
    )
