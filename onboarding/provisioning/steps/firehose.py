"""A Firehose stream copies every record into the bucket, is ours, and is ACTIVE."""

from onboarding.provisioning.context import Context, Difference, Done, Owned, Plan, Refused, Waiting, is_ours, not_ours
from onboarding.provisioning.drift import differing, whose_tag
from onboarding.provisioning.removal import Removal, Removed, remove_all, stranger
from onboarding.provisioning.steps.log_group import LOG_STREAM
from onboarding.spec import S3Delivery
from portal.aws import firehose
from portal.aws.errors import AwsFault, FaultKind
from portal.aws.firehose import DeliveryStream

KIND = "Firehose stream"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    delivery = _delivery(plan)
    return f"Firehose {delivery.name} copies every record into {delivery.bucket}"


def apply(context: Context) -> Done | Waiting:
    """Create the Firehose stream, wait until it is ACTIVE, and bring its settings to what is wanted."""
    delivery = _delivery(context.plan)
    found = firehose.describe_delivery_stream(context.aws, delivery.name)
    if found is None:
        return _create(context, delivery)
    if not is_ours(context.plan, firehose.delivery_tags(context.aws, delivery.name)):
        raise not_ours(f"A Firehose stream named {delivery.name}", firehose.delivery_tags(context.aws, delivery.name))
    if found.status == "CREATING_FAILED":
        firehose.delete_delivery_stream(context.aws, delivery.name)
        return Waiting(5, f"AWS could not create it ({found.failure or 'no reason given'}); making it anew.")
    if found.status != "ACTIVE":
        return Waiting(3, f"AWS reports the Firehose stream as {found.status}.")
    return _settled(context, found, delivery)


def _delivery(plan: Plan) -> S3Delivery:
    if plan.spec.delivery is None:
        raise Refused("There is no delivery in this plan.", "Add a delivery, or leave this step out.")
    return plan.spec.delivery


def _create(context: Context, delivery: S3Delivery) -> Waiting:
    plan = context.plan
    context.ledger.intend(KIND, delivery.name)
    try:
        firehose.create_s3_delivery(
            context.aws,
            delivery.name,
            stream_arn=plan.stream_arn,
            role_arn=plan.firehose_role_arn,
            bucket_arn=plan.bucket_arn,
            prefix=delivery.prefix,
            error_prefix=delivery.error_prefix,
            buffering_mb=delivery.buffering_mb,
            buffering_seconds=delivery.buffering_seconds,
            compression=delivery.compression,
            log_group=plan.log_group,
            log_stream=LOG_STREAM,
            tags=plan.tags,
        )
    except AwsFault as fault:
        if fault.kind is FaultKind.PROPAGATING:
            return Waiting(3, "AWS cannot use the new role yet; a role made a moment ago takes 5 to 15 s to be known.")
        raise
    return Waiting(0.5, "AWS is creating the Firehose stream.")


def _settled(context: Context, found: DeliveryStream, delivery: S3Delivery) -> Done | Waiting:
    context.ledger.present(KIND, delivery.name, found.arn)
    if found.source_stream_arn != context.plan.stream_arn:
        raise Refused(
            f"Firehose {delivery.name} reads another stream, and AWS does not let a source be changed.",
            "Choose another name for the Firehose stream.",
        )
    if _as_wanted(context.plan, found, delivery):
        return Done(arn=found.arn, found="active, as wanted")
    firehose.update_s3_delivery(
        context.aws,
        found,
        role_arn=context.plan.firehose_role_arn,
        bucket_arn=context.plan.bucket_arn,
        prefix=delivery.prefix,
        error_prefix=delivery.error_prefix,
        buffering_mb=delivery.buffering_mb,
        buffering_seconds=delivery.buffering_seconds,
        compression=delivery.compression,
    )
    return Waiting(1, "The Firehose stream's settings are being changed.")


def _as_wanted(plan: Plan, found: DeliveryStream, delivery: S3Delivery) -> bool:
    wanted = (
        plan.bucket_arn,
        delivery.prefix,
        delivery.error_prefix,
        delivery.buffering_mb,
        delivery.buffering_seconds,
    )
    there = (found.bucket_arn, found.prefix, found.error_prefix, found.buffering_mb, found.buffering_seconds)
    return wanted == there and delivery.compression == found.compression


def undo(context: Context) -> Done | Waiting:
    """Delete the Firehose stream and wait until it is gone; what it still holds in its buffer is delivered first."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = firehose.describe_delivery_stream(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if found.status == "DELETING":
        return Waiting(3, "AWS is deleting the Firehose stream.")
    if kept := stranger(context, firehose.delivery_tags(context.aws, owned.name)):
        return kept
    if found.status == "CREATING":
        return Waiting(5, "AWS is still creating the Firehose stream, and deletes it only after that.")
    context.ledger.removing(KIND, owned.name)
    firehose.delete_delivery_stream(context.aws, owned.name)
    return Waiting(1, "AWS is deleting the Firehose stream.")


def check(context: Context) -> list[Difference]:
    """Compare the Firehose stream with what is wanted; nothing is changed."""
    plan, delivery = context.plan, _delivery(context.plan)
    found = firehose.describe_delivery_stream(context.aws, delivery.name)
    if found is None:
        return [Difference(f"Firehose {delivery.name}", "there", "gone")]
    buffering = f"{found.buffering_seconds} s or {found.buffering_mb} MB"
    return differing(
        [
            ("Firehose's tag", *whose_tag(plan, firehose.delivery_tags(context.aws, delivery.name))),
            ("Firehose's state", "ACTIVE", found.status),
            ("Firehose's source", plan.stream_arn, found.source_stream_arn or "none"),
            ("Firehose's bucket", plan.bucket_arn, found.bucket_arn),
            ("Prefix of the files", delivery.prefix, found.prefix),
            ("Prefix of errors", delivery.error_prefix, found.error_prefix),
            ("Buffering", f"{delivery.buffering_seconds} s or {delivery.buffering_mb} MB", buffering),
            ("Compression", delivery.compression, found.compression),
        ]
    )
