"""A Firehose stream delivers every record to its destination, is ours, and is ACTIVE."""

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
        firehose.delete_delivery_stream(context.aws, delivery.name)
        failure = found.failure or Message("waiting.no_reason_given")
        return Waiting(5, Message("waiting.firehose_creation_failed", failure=failure))
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
        if fault.kind is FaultKind.PROPAGATING:
            return Waiting(3, Message("waiting.role_propagating"))
        raise
    return Waiting(0.5, Message("waiting.firehose_creating"))


def _configured(context: Context, found: DeliveryStream, delivery: Delivery) -> Done | Waiting:
    context.ledger.present(KIND, delivery.name, found.arn)
    if found.source_stream_arn != context.plan.stream_arn:
        raise Refused(Message("refused.firehose_source", name=delivery.name))
    if found.destination != delivery.destination.MEMBER:
        raise Refused(Message("refused.firehose_destination", name=delivery.name))
    wanted = delivery.configuration(context.plan.place_of(delivery))
    if not differing_settings(wanted, found.settings):
        return Done(arn=found.arn, found=Message("outcome.firehose_active"))
    firehose.update_destination(context.aws, found, wanted)
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
