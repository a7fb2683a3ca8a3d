"""What people and the vendor's sender are notified of when an access key is rotated or revoked."""

from django.urls import reverse

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from portal.messages.message import Message, Param
from portal.outbox import kinds, outbox
from portal.outbox.kinds import Kind
from portal.tenancy import selectors


def new_key(rotation: Rotation, new: Credential) -> None:
    """Notify admins that the new key can be downloaded."""
    named = _named(rotation.integration)
    _write(rotation, Message("notification.key_rotation_new", key=new.access_key_id, **named), "new")


def rotated(rotation: Rotation) -> None:
    """Notify admins that only the new key is left."""
    key = rotation.new.access_key_id if rotation.new else ""
    _write(rotation, Message("notification.key_rotated", key=key, **_named(rotation.integration)), "done")


def failed(rotation: Rotation, problem: Message) -> None:
    """Notify admins that no new key was created, and why."""
    named = _named(rotation.integration)
    _write(rotation, Message("notification.key_rotation_failed", reason=problem, **named), "failed")


def revoked(revocation: Revocation) -> None:
    """Notify admins that a key was revoked, and by whom."""
    integration, key = revocation.integration, revocation.credential.access_key_id
    named = {"key": key, "by": revocation.requested_by, **_named(integration)}
    if revocation.is_compromised:
        message = Message("notification.key_compromised", **named)
    else:
        message = Message("notification.key_revoked", **named)
    _send(kinds.KEY_REVOKED, message, integration, f"revocation-{revocation.uid}")


def reminder(credential: Credential, days: int) -> None:
    """Remind admins of a key that is to be rotated, once for each interval of its age."""
    integration = credential.integration
    message = Message("notification.rotation_due", key=credential.access_key_id, days=days, **_named(integration))
    _send(kinds.ROTATION_DUE, message, integration, f"rotation-due-{credential.uid}-{days}")


def _write(rotation: Rotation, message: Message, stage: str) -> None:
    _send(kinds.KEY_ROTATED, message, rotation.integration, f"rotation-{rotation.uid}-{stage}")


def _named(integration: Integration) -> dict[str, Param]:
    return {"integration": integration.name, "tenant": integration.tenant.name}


def _send(kind: Kind, message: Message, integration: Integration, event: str) -> None:
    tenant = integration.tenant
    path = reverse("credentials", kwargs={"slug": tenant.slug, "uid": integration.uid})
    outbox.write(kind, message, event=event, to=selectors.admins_of(tenant), tenant=tenant, path=path)
