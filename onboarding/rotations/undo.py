"""Undoing a rotation: the old key is active again before the new one is deleted.

No call to IAM can be fenced: a worker that was paused right before it made the old key inactive may still do so when it
continues. So the new key stays valid for SETTLE after the old one was reactivated, and the old one is reactivated in
every turn until then. If the new key is in use, it stays until the old one was seen in use again.
"""

from datetime import timedelta

from onboarding import vendor_feed
from onboarding.integrations import key_use
from onboarding.models.credential import Credential
from onboarding.models.rotation import Rotation
from onboarding.models.states import CredentialState, RotationState
from onboarding.provisioning.claims import ACTIVE
from onboarding.rotations import user_keys
from onboarding.rotations.turn import Turn, note_user_deleted
from onboarding.row_locks import lock_integration
from portal import deadlocks
from portal.messages.message import Message

SETTLE = timedelta(minutes=5)
POLL = timedelta(seconds=30)
_UNPROVED = [CredentialState.DISCARDED, CredentialState.INTENT, CredentialState.SEALED, CredentialState.PROVED]


def undo(turn: Turn[Rotation]) -> None:
    """Make the old key active, wait, and delete the new one."""
    rotation = turn.work
    if rotation.run is not None and rotation.run.state in ACTIVE:
        return turn.claim.release(after=timedelta(seconds=5))
    new = rotation.new or _created_by(rotation)
    turn.claim.renew()
    if not user_keys.set_status(turn.aws, rotation.old, user_keys.ACTIVE):
        return turn.claim.release(after=POLL, problem=Message("rotation.old_key_gone", key=rotation.old.access_key_id))
    if rotation.reactivated_at is None:
        return _note_active(turn, new)
    if new is not None:
        if problem := _waits_for(turn, new):
            return turn.claim.release(after=POLL, problem=problem)
        turn.claim.renew()
        if foreign := user_keys.delete(turn.aws, new, agreed=rotation.agreed_keys):
            problem = Message("rotation.foreign_keys", user=new.user_name, keys=foreign)
            return turn.claim.release(after=POLL, problem=problem, foreign_keys=foreign)
    return _finish(turn, new)


def _created_by(rotation: Rotation) -> Credential | None:
    # What was not proved is deleted by the run itself, or by the sweep of orphaned keys.
    return rotation.run.credentials.exclude(state__in=_UNPROVED).first() if rotation.run else None


@deadlocks.atomic
def _note_active(turn: Turn[Rotation], new: Credential | None) -> None:
    lock_integration(turn.integration.pk)
    turn.claim.release(after=POLL if new else timedelta(0), reactivated_at=turn.claim.clock.now(), new=new)
    inactive = Credential.objects.filter(pk=turn.work.old_id, state=CredentialState.INACTIVE)
    if inactive.update(state=CredentialState.READY):
        vendor_feed.publish(vendor_feed.Kind.READY, turn.integration, credential=turn.work.old)
    turn.record("active", turn.work.old)
    usable = [CredentialState.READY, CredentialState.IN_USE]
    if new is not None and Credential.objects.filter(pk=new.pk, state__in=usable).update(
        state=CredentialState.INACTIVE
    ):
        # The vendor's sender goes back to the old key; the new one stays valid until then.
        vendor_feed.publish(vendor_feed.Kind.REVOKED, turn.integration, credential=new)


def _waits_for(turn: Turn[Rotation], new: Credential) -> Message | None:
    rotation, now = turn.work, turn.claim.clock.now()
    since = rotation.reactivated_at or now
    if now < since + SETTLE:
        return Message("rotation.settling")
    if rotation.used_at is None or rotation.used_confirmed_by or new.state == CredentialState.REVOKED:
        return None
    turn.claim.renew()
    used_at = key_use.check(rotation.old).last_used_at
    return None if used_at is not None and used_at > since else Message("rotation.waits_for_old_use")


@deadlocks.atomic
def _finish(turn: Turn[Rotation], new: Credential | None) -> None:
    lock_integration(turn.integration.pk)
    now = turn.claim.clock.now()
    turn.claim.release(after=timedelta(0), state=RotationState.UNDONE, finished_at=now)
    if new is not None and Credential.objects.filter(pk=new.pk, state=CredentialState.INACTIVE).update(
        state=CredentialState.REVOKED
    ):
        note_user_deleted(new)
        turn.record("revoked", new, reason="rotation undone")
