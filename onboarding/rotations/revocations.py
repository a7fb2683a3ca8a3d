"""What people may do about a key that must stop: revoke it, or report it as compromised, which also rotates it."""

from collections.abc import Iterable

from onboarding import vendor_feed
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.revocation import OPEN_REVOCATIONS, Revocation
from onboarding.models.rotation import OPEN_STATES, Rotation
from onboarding.models.states import CredentialState, IntegrationState, RotationState
from onboarding.rotations import notices, wakeups
from onboarding.rotations.requests import ROTATABLE
from onboarding.rotations.work_claims import interrupted
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, record
from onboarding.spec.integration_spec import ROLE
from portal import deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message


@deadlocks.atomic
def revoke(*, credential: Credential, actor: Actor, reason: str = "", is_compromised: bool = False) -> Revocation:
    """Revoke an access key at once, or return its revocation: two clicks make one. Raises ValidationError.

    Downloads end in this transaction; a worker makes the key inactive next. A compromised key is also replaced. It is
    possible while the tenant is suspended, by command line: a leaked key harms the client all the same.
    """
    integration = lock_integration(credential.integration_id)
    key = Credential.objects.select_related("integration").get(pk=credential.pk)
    if known := Revocation.objects.filter(credential=key).first():
        return known
    if key.uploaded_by or not key.access_key_id or key.state not in ROTATABLE:
        raise validation_error(Message("revocation.not_possible", key=key.access_key_id or key.user_name))
    revocation = Revocation.objects.create(
        integration=integration,
        credential=key,
        reason=reason,
        is_compromised=is_compromised,
        requested_by=str(actor),
    )
    vendor_feed.publish(vendor_feed.Kind.REVOKED, integration, credential=key)
    Credential.objects.filter(pk=key.pk).update(state=CredentialState.REVOKED)
    details = {"integration": integration.uid, "compromised": is_compromised}
    record(
        "credential:revoked", integration.tenant, actor, key.access_key_id, about=key, stated_reason=reason, **details
    )
    notices.revoked(revocation)
    _change_rotation(integration.pk, key, revocation)
    wakeups.wake_revocation(revocation.pk)
    return revocation


def _change_rotation(integration_id: int, key: Credential, revocation: Revocation) -> None:
    rotation = Rotation.objects.filter(integration=integration_id, state__in=OPEN_STATES).first()
    if rotation is not None and rotation.new_id == key.pk:
        interrupted(rotation, state=RotationState.UNDOING, paused_at=None)
    elif rotation is not None:
        interrupted(rotation, paused_at=None)
    elif revocation.is_compromised and _needs_key(revocation.integration):
        # A worker begins it: nothing that is in its way keeps the revocation from being committed.
        rotation = Rotation.objects.create(
            integration_id=integration_id,
            old=key,
            cause=Rotation.Cause.COMPROMISED,
            requested_by=revocation.requested_by,
        )
    if rotation is not None:
        wakeups.wake_rotation(rotation.pk)


_SET_UP = {IntegrationState.LIVE, IntegrationState.ATTENTION}


def _needs_key(integration: Integration) -> bool:
    # The key of an integration that moved to a role is not replaced.
    return integration.state in _SET_UP and (integration.spec or {}).get("producer") != ROLE


@deadlocks.atomic
def agree_to_delete(*, revocation: Revocation, actor: Actor, keys: Iterable[str]) -> Revocation:
    """Agree to the deletion of the keys on the user that Sluice did not create and a person has seen listed."""
    integration = lock_integration(revocation.integration_id)
    locked = Revocation.objects.select_related("credential").get(pk=revocation.pk)
    if locked.state in OPEN_REVOCATIONS:
        interrupted(locked, agreed_keys=sorted(set(keys)))
        key = locked.credential
        details = {"integration": integration.uid, "keys": locked.agreed_keys}
        record("credential:foreign-keys-agreed", integration.tenant, actor, key.access_key_id, about=key, **details)
        wakeups.wake_revocation(locked.pk)
    return locked


@deadlocks.atomic
def report_refused(*, credential: Credential, actor: Actor) -> Revocation:
    """Note that the vendor's sender, which has the secret, saw AWS refuse a PutRecord. Raises ValidationError."""
    integration = lock_integration(credential.integration_id)
    revocation = Revocation.objects.filter(credential=credential).first()
    if revocation is None:
        raise validation_error(Message("revocation.none", key=credential.access_key_id))
    if revocation.reported_at is None:
        now = DatabaseClock().now()
        Revocation.objects.filter(pk=revocation.pk).update(reported_at=now, reported_by=str(actor))
        revocation.refresh_from_db(fields=["reported_at", "reported_by"])
        details = {"integration": integration.uid}
        key = credential.access_key_id
        record("credential:refusal-reported", integration.tenant, actor, key, about=credential, **details)
    return revocation
