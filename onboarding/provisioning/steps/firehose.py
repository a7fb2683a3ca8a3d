"""A Firehose stream delivers every record to its destination, is ours, and is ACTIVE."""

from datetime import timedelta

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.setting_labels import label_of
from onboarding.provisioning.answers import Done, Refused, Waiting, not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.described import described_delivery
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_tags, differing, value_of
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from onboarding.provisioning.polling import FIREHOSE_CREATING
from portal.aws import firehose
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.firehose import DeliveryStream
from portal.aws.firehose_settings import differing_settings
from portal.messages.message import Message

KIND = "Firehose stream"
ROLE_SETTLES = timedelta(seconds=60)
# What no further try creates, until someone acts.
# https://docs.aws.amazon.com/firehose/latest/APIReference/API_FailureDescription.html
FINAL_FAILURES = {
    "SUBNET_NOT_FOUND",
    "SECURITY_GROUP_NOT_FOUND",
    "VPC_ENDPOINT_SERVICE_NAME_NOT_FOUND",
    "KMS_KEY_NOT_FOUND",
    "INVALID_KMS_KEY",
    "DISABLED_KMS_KEY",
    "KMS_OPT_IN_REQUIRED",
}


def title(plan: Plan, delivery: Delivery) -> Message:
    """Return what the step ensures."""
    return Message("step.firehose", name=delivery.name, destination=delivery.destination.description(delivery))


def apply(context: Context, delivery: Delivery) -> Done | Waiting:
    """Create the Firehose stream, wait until it is ACTIVE, and set its settings to what the plan has."""
    found = described_delivery(context, delivery.name)
    if found is None:
        return _create(context, delivery)
    if found.status in {"CREATING", "DELETING"}:
        # It cannot be changed yet; its tags are checked before it is.
        return Waiting(FIREHOSE_CREATING, Message("waiting.firehose_status", status=found.status))
    tags = firehose.delivery_tags(context.aws, delivery.name)
    if not is_ours(context.plan, tags):
        raise not_ours(Message("resource.firehose", name=delivery.name), tags)
    if found.status == "CREATING_FAILED":
        return _created_again(context, found, delivery)
    if found.status != "ACTIVE":
        return Waiting(FIREHOSE_CREATING, Message("waiting.firehose_status", status=found.status))
    return _configured(context, found, delivery)


def _create(context: Context, delivery: Delivery) -> Waiting:
    plan = context.plan
    context.ledger.intend(KIND, delivery.name)
    try:
        firehose.create_delivery_stream(
            context.aws,
            delivery.name,
            stream_arn=plan.stream_arn,
            role_arn=plan.firehose_role_arn(delivery),
            destination=delivery.destination.MEMBER,
            configuration=delivery.configuration(plan.place_of(delivery)),
            tags=plan.tags,
        )
    except AwsFault as fault:
        if waiting := _role_settling(fault, delivery):
            return waiting
        raise
    return Waiting(0.5, Message("waiting.firehose_creating"))


def _created_again(context: Context, found: DeliveryStream, delivery: Delivery) -> Waiting:
    firehose.delete_delivery_stream(context.aws, delivery.name)
    if found.failure and found.failure.partition(":")[0] in FINAL_FAILURES:
        failed = Message("refused.firehose_creation", name=delivery.name, failure=found.failure)
        raise Refused(failed, found.failure)
    failure = found.failure or Message("waiting.no_reason_given")
    return Waiting(5, Message("waiting.firehose_creation_failed", failure=failure), found.failure or "")


def _role_settling(fault: AwsFault, delivery: Delivery) -> Waiting | None:
    """Return the wait for a role that is new or was changed a moment ago, or None if the fault is another.

    Firehose says the same of a role that is seconds old and of a table, subnet or bucket that is wrong for good. So it
    is a wait for a minute, in which AWS's own text is shown, and then final.
    """
    if fault.kind is not FaultKind.PROPAGATING or fault.code != "InvalidArgumentException":
        return None
    failure = Message("refused.firehose_role", name=delivery.name)
    return Waiting(3, Message("waiting.role_propagating"), str(fault), patience=ROLE_SETTLES, failure=failure)


def _configured(context: Context, found: DeliveryStream, delivery: Delivery) -> Done | Waiting:
    context.ledger.present(KIND, delivery.name, found.arn)
    if found.source_stream_arn != context.plan.stream_arn:
        raise Refused(Message("refused.firehose_source", name=delivery.name))
    if found.destination != delivery.destination.MEMBER:
        raise Refused(Message("refused.firehose_destination", name=delivery.name))
    wanted = delivery.configuration(context.plan.place_of(delivery))
    if not differing_settings(wanted, found.settings):
        return Done(arn=found.arn, found=Message("outcome.firehose_active"))
    try:
        firehose.update_destination(context.aws, found, wanted)
    except AwsFault as fault:
        if waiting := _role_settling(fault, delivery):
            return waiting
        raise
    return Waiting(1, Message("waiting.firehose_updating"))


def undo(context: Context) -> Done | Waiting:
    """Delete the Firehose stream and wait until it is deleted; its buffered records are delivered first."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = described_delivery(context, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if found.status == "DELETING":
        return Waiting(3, Message("waiting.firehose_deleting"))
    if kept := stranger(context, firehose.delivery_tags(context.aws, owned.name)):
        return kept
    if found.status == "CREATING":
        return Waiting(5, Message("waiting.firehose_still_creating"))
    context.ledger.removing(KIND, owned.name)
    if found.status == "DELETING_FAILED":
        # AWS cannot retire a grant on a KMS key; the grant is deleted with the key.
        firehose.delete_delivery_stream(context.aws, owned.name, force=True)
        failure = found.failure or Message("waiting.kms_grant_not_retired")
        return Waiting(1, Message("waiting.firehose_deletion_failed", failure=failure))
    firehose.delete_delivery_stream(context.aws, owned.name)
    return Waiting(1, Message("waiting.firehose_deleting"))


def check(context: Context, delivery: Delivery) -> list[Difference]:
    """Compare the Firehose stream with the plan; change nothing."""
    plan, name = context.plan, delivery.name
    found = described_delivery(context, name)
    if found is None:
        return [Difference(Message("resource.firehose", name=name), EXISTS, DELETED)]
    resource = Message("resource.firehose", name=name)
    wanted = delivery.configuration(plan.place_of(delivery))
    settings = [
        Difference(
            Message("drift.setting", resource=resource, setting=label_of(setting.path)),
            value_of(setting.wanted),
            value_of(setting.found),
        )
        for setting in differing_settings(wanted, found.settings)
    ]
    tags = compare_tags(plan, firehose.delivery_tags(context.aws, name))
    kind = value_of(delivery.destination.MEMBER), value_of(found.destination)
    rows = [
        (Message("drift.tag", resource=resource), *tags),
        (Message("drift.status", resource=resource), value_of("ACTIVE"), value_of(found.status)),
        (Message("drift.source", resource=resource), value_of(plan.stream_arn), value_of(found.source_stream_arn)),
        (Message("drift.destination", resource=resource), *kind),
    ]
    return [*differing(rows), *settings]
