"""Removes a thing in the order that AWS demands. Each call can be repeated; what is gone already is fine."""

from django.db.models.functions import Now

from onboarding.iot.thing_rules import OWNER
from onboarding.models.states import ThingState
from onboarding.models.thing import Thing
from onboarding.things import retries, unused_certificates
from onboarding.things.turn import Turn
from portal.aws import iot_certificates, iot_things
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message
from portal.tenancy import audit


# https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteCertificate.html
def remove(turn: Turn, thing: Thing) -> None:
    """Deactivate and delete the thing's certificate, then the thing if it is ours. Raises AwsFault, FenceLost.

    The certificate is deactivated first, so that the device is out at once. Copies of its private key are deleted.
    """
    aws = turn.aws
    if thing.certificate_id:
        iot_certificates.set_status(aws, thing.certificate_id, iot_certificates.INACTIVE)
        iot_certificates.detach_policy(aws, turn.names.policy_name, thing.certificate_arn)
        iot_things.detach_certificate(aws, thing.name, thing.certificate_arn)
        turn.claim.renew()
        iot_certificates.delete_certificate(aws, thing.certificate_id)
    delete_thing(turn, thing)
    with turn.committing():
        thing.copies.all().delete()
    turn.write(thing, state=ThingState.REMOVED, removed_at=Now(), problem=None, **retries.AT_ONCE)
    details: dict[str, object] = {"integration": turn.integration.uid, "certificate": thing.certificate_id}
    tenant = turn.integration.tenant
    audit.record("provisioning:thing:removed", tenant=tenant, actor="provisioning", target=thing.name, details=details)


def delete_thing(turn: Turn, thing: Thing) -> None:
    """Delete the thing if it is ours; its membership in the thing group goes with it. Raises AwsFault."""
    found = iot_things.describe_thing(turn.aws, thing.name)
    if found is not None and found.attributes.get(OWNER) == turn.integration.uid:
        iot_things.delete_thing(turn.aws, thing.name)


def postpone(turn: Turn, thing: Thing, fault: AwsFault) -> None:
    """Keep the thing listed with why it could not be removed, and when that is tried again. Raises FenceLost."""
    reason = unused_certificates.reason(fault)
    if fault.operation == "iot:DeleteThing" and fault.kind is FaultKind.INVALID:
        reason = Message("things.thing_attached")
    turn.write(thing, **retries.postponed(thing, reason))
