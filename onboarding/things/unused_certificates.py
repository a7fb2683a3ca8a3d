"""Certificates that no thing has are listed first, and then deleted: one that AWS does not delete now is not forgotten.

A worker that lost its claim only lists what it created. It deletes nothing: the next worker may have found the
certificate and given it to its thing.
"""

from onboarding.models.thing import Thing
from onboarding.models.unused_certificate import UnusedCertificate
from onboarding.things import retries
from onboarding.things.turn import Turn
from portal.aws import iot_certificates
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message
from portal.tenancy import audit

MOST_DELETIONS = 10  # in a turn
# Of one certificate alone: the others continue.
_OF_ONE = frozenset({FaultKind.CONFLICT, FaultKind.INVALID, FaultKind.NOT_FOUND})


def note(turn: Turn, certificate_id: str, thing_name: str) -> None:
    """List a certificate for its deletion, unless a thing has it."""
    with turn.locked():
        if not Thing.objects.filter(integration=turn.integration, certificate_id=certificate_id).exists():
            name = {"thing_name": thing_name}
            turn.integration.unused_certificates.get_or_create(certificate_id=certificate_id, defaults=name)


def delete_due(turn: Turn) -> None:
    """Delete those that are due. Raises AwsFault of what concerns all of them, FenceLost."""
    for row in turn.integration.unused_certificates.filter(retries.due())[:MOST_DELETIONS]:
        turn.claim.renew()
        try:
            _delete(turn, row)
        except AwsFault as fault:
            if fault.kind not in retries.PASSING:
                _postpone(turn, row, fault)
            if fault.kind not in _OF_ONE:
                raise


def reason(fault: AwsFault) -> Message:
    """Return why a certificate could not be deleted."""
    if fault.operation == "iot:DeleteCertificate" and fault.kind is FaultKind.CONFLICT:
        return Message("things.certificate_attached")
    return fault.message


def _postpone(turn: Turn, row: UnusedCertificate, fault: AwsFault) -> None:
    with turn.committing():
        UnusedCertificate.objects.filter(pk=row.pk).update(**retries.postponed(row, reason(fault)))


def _delete(turn: Turn, row: UnusedCertificate) -> None:
    iot_certificates.set_status(turn.aws, row.certificate_id, iot_certificates.INACTIVE)
    iot_certificates.delete_certificate(turn.aws, row.certificate_id)
    with turn.committing():
        UnusedCertificate.objects.filter(pk=row.pk).delete()
    details: dict[str, object] = {"integration": turn.integration.uid, "certificate": row.certificate_id}
    tenant = turn.integration.tenant
    event = "provisioning:thing:certificate-deleted"
    audit.record(event, tenant=tenant, actor="provisioning", target=row.thing_name, details=details)
