"""A Firehose stream copies every record to its destination, is ours, and is ACTIVE."""

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.setting_labels import label_of
from onboarding.provisioning.context import Context, Difference, Done, Owned, Plan, Refused, Waiting, is_ours, not_ours
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import differing, whose_tag
from onboarding.provisioning.polling import FIREHOSE_CREATING
from portal.aws import firehose
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.firehose import DeliveryStream

KIND = "Firehose stream"


def title(plan: Plan, delivery: Delivery) -> str:
    """Return what the step ensures, for people."""
    return f"Firehose {delivery.name} copies every record into {delivery.destination.where(delivery)}"


def apply(context: Context, delivery: Delivery) -> Done | Waiting:
    """Create the Firehose stream, wait until it is ACTIVE, and bring its settings to what is wanted."""
    found = firehose.describe_delivery_stream(context.aws, delivery.name)
    if found is None:
        return _create(context, delivery)
    if found.status in {"CREATING", "DELETING"}:
        # Nothing can be changed about it yet; whose it is will be asked before anything is.
        return Waiting(FIREHOSE_CREATING, f"AWS reports the Firehose stream as {found.status}.")
    tags = firehose.delivery_tags(context.aws, delivery.name)
    if not is_ours(context.plan, tags):
        raise not_ours(f"A Firehose stream named {delivery.name}", tags)
    if found.status == "CREATING_FAILED":
        firehose.delete_delivery_stream(context.aws, delivery.name)
        return Waiting(5, f"AWS could not create it ({found.failure or 'no reason given'}); making it anew.")
    if found.status != "ACTIVE":
        return Waiting(FIREHOSE_CREATING, f"AWS reports the Firehose stream as {found.status}.")
    return _settled(context, found, delivery)


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
            return Waiting(3, "AWS cannot use the new role yet; a role made a moment ago takes 5 to 15 s to be known.")
        raise
    return Waiting(0.5, "AWS is creating the Firehose stream.")


def _settled(context: Context, found: DeliveryStream, delivery: Delivery) -> Done | Waiting:
    context.ledger.present(KIND, delivery.name, found.arn)
    if found.source_stream_arn != context.plan.stream_arn:
        raise Refused(
            f"Firehose {delivery.name} reads another stream, and AWS does not let a source be changed.",
            "Choose another name for the Firehose stream.",
        )
    if found.destination != delivery.destination.MEMBER:
        raise Refused(
            f"Firehose {delivery.name} delivers to another kind of destination.",
            "Choose another name for the Firehose stream: the new one is made before the old one goes.",
        )
    wanted = delivery.configuration(context.plan.place_of(delivery))
    if not firehose.differing_settings(wanted, found.settings):
        return Done(arn=found.arn, found="active, as wanted")
    firehose.update_destination(context.aws, found, wanted)
    return Waiting(1, "The Firehose stream's settings are being changed.")


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
    if found.status == "DELETING_FAILED":
        # What keeps AWS from it is a grant on a KMS key that it cannot retire; the grant goes with the key.
        firehose.delete_delivery_stream(context.aws, owned.name, force=True)
        reason = found.failure or "it may not give back its grant on a KMS key"
        return Waiting(1, f"AWS could not delete the Firehose stream ({reason}); deleting it all the same.")
    firehose.delete_delivery_stream(context.aws, owned.name)
    return Waiting(1, "AWS is deleting the Firehose stream.")


def _said(value: object) -> str:
    return "none" if value in (None, "", []) else str(value)


def check(context: Context, delivery: Delivery) -> list[Difference]:
    """Compare the Firehose stream with what is wanted; nothing is changed."""
    plan, name = context.plan, delivery.name
    found = firehose.describe_delivery_stream(context.aws, name)
    if found is None:
        return [Difference(f"Firehose {name}", "there", "gone")]
    wanted = delivery.configuration(plan.place_of(delivery))
    settings = [
        Difference(f"Firehose {name}: {label_of(one.path)}", _said(one.wanted), _said(one.found))
        for one in firehose.differing_settings(wanted, found.settings)
    ]
    return [
        *differing(
            [
                (f"The tag of Firehose {name}", *whose_tag(plan, firehose.delivery_tags(context.aws, name))),
                (f"The state of Firehose {name}", "ACTIVE", found.status),
                (f"The source of Firehose {name}", plan.stream_arn, found.source_stream_arn or "none"),
                (f"The destination of Firehose {name}", delivery.destination.MEMBER, found.destination),
            ]
        ),
        *settings,
    ]
