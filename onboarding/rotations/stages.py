"""The stages of a rotation, each a turn that a worker can repeat after any crash.

1. requested: the run that creates the new key begins, once no other run is at work.
2. creating: the run is at work (the engine's steps of the key); the old key stays as it is.
3. delivered: until someone downloaded the new key and IAM reports a use of it afterwards.
4. used: a waiting time; then the old key is deactivated, if the new one is still valid.
5. inactive: a waiting time, in which the new key must stay valid; otherwise the old one is reactivated.
6. deleting: the old user is deleted. From here on nothing can be undone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from onboarding import vendor_feed
from onboarding.integrations import key_use, runs
from onboarding.models.credential import Credential, Download
from onboarding.models.rotation import Rotation
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, RotationState, RunState
from onboarding.provisioning.claims import ACTIVE
from onboarding.rotations import notices, user_keys
from onboarding.rotations.turn import Turn, note_user_deleted
from onboarding.rotations.undo import undo
from onboarding.row_locks import lock_integration
from onboarding.spec.problem import SpecRefused
from portal import deadlocks
from portal.messages.message import Message

SOON = timedelta(seconds=1)
RUN_POLL = timedelta(seconds=10)
# How often IAM is asked for a use: first often, because a sender that follows the feed uses the key at once.
USE_POLLS = ((timedelta(minutes=2), 5), (timedelta(hours=2), 60))
LATER_USE_POLL = timedelta(minutes=10)
VALID_POLL = timedelta(minutes=30)
_GONE = {CredentialState.REVOKED, CredentialState.ROTATED, CredentialState.DISCARDED}
RotationTurn = Turn[Rotation]


def begin(turn: RotationTurn) -> None:
    """Start the run that creates the new key, or wait for the run that is at work."""
    try:
        _begin(turn)
    except SpecRefused as refused:
        fail(turn, refused.problems[0].message)


@deadlocks.atomic
def _begin(turn: RotationTurn) -> None:
    integration, rotation = lock_integration(turn.integration.pk), turn.work
    if integration.state in {IntegrationState.REMOVING, IntegrationState.REMOVED}:
        return fail(turn, Message("rotation.integration_removed"))
    if integration.runs.filter(state__in=ACTIVE).exists():
        return turn.claim.release(after=RUN_POLL, problem=Message("rotation.waits_for_run"))
    if newer := _newer_key(rotation):
        return _deliver(turn, newer)
    run = runs.start_key_run(integration=integration, actor=rotation.requested_by)
    turn.claim.release(after=RUN_POLL, state=RotationState.CREATING, run=run)
    return None


def _newer_key(rotation: Rotation) -> Credential | None:
    # A run that was at work when the old key was revoked has created another already.
    newer = rotation.integration.credentials.filter(pk__gt=rotation.old_id, state=CredentialState.READY)
    return newer.order_by("-pk").first()


def follow_run(turn: RotationTurn) -> None:
    """Wait for the run; when it is done, its key is the new one."""
    run = turn.work.run or Run(state=RunState.CANCELLED)
    if run.state in ACTIVE:
        return turn.claim.release(after=RUN_POLL)
    new = run.credentials.filter(state=CredentialState.READY).first() if run.state == RunState.DONE else None
    if new is None:
        return fail(turn, run.failure or Message("rotation.run_ended"))
    return _deliver(turn, new)


@deadlocks.atomic
def _deliver(turn: RotationTurn, new: Credential) -> None:
    lock_integration(turn.integration.pk)
    turn.claim.release(after=SOON, state=RotationState.DELIVERED, new=new, delivered_at=turn.claim.clock.now())
    notices.new_key(turn.work, new)


def wait_for_use(turn: RotationTurn) -> None:
    """Wait until the new key was downloaded, and then used: its test by Sluice does not count."""
    rotation = turn.work
    new = _new(rotation)
    if not user_keys.is_active(turn.aws, new):
        return turn.claim.release(after=_use_poll(turn), problem=_not_active(new))
    waits_for = None if rotation.used_confirmed_by else _waits_for(turn, new)
    if waits_for is not None:
        return turn.claim.release(after=_use_poll(turn), problem=waits_for)
    wait = timedelta(0) if rotation.old.state in _GONE else rotation.wait
    turn.claim.release(after=wait, state=RotationState.USED, used_at=turn.claim.clock.now())
    return turn.record("used", new)


def _use_poll(turn: RotationTurn) -> timedelta:
    age = turn.claim.clock.now() - (turn.work.delivered_at or turn.work.created_at)
    return next((timedelta(seconds=seconds) for until, seconds in USE_POLLS if age < until), LATER_USE_POLL)


def _waits_for(turn: RotationTurn, new: Credential) -> Message | None:
    if new.state == CredentialState.IN_USE:  # the vendor's sender has reported it
        return None
    receipt = Download.objects.filter(copy__credential=new).order_by("at").first()
    if receipt is None:
        return Message("rotation.waits_for_download")
    connection = new.integration.connection
    if connection is not None and not key_use.can_be_asked(connection):
        return Message("rotation.use_cannot_be_seen")
    turn.claim.renew()
    used_at = key_use.check(new).last_used_at
    return None if _is_after(used_at, new.ready_at, receipt.at) else Message("rotation.waits_for_use")


def _is_after(used_at: datetime | None, *moments: datetime | None) -> bool:
    return used_at is not None and all(moment is not None and used_at > moment for moment in moments)


def make_inactive(turn: RotationTurn) -> None:
    """Make the old key inactive, if the new one is still valid."""
    rotation = turn.work
    if rotation.old.state in _GONE:
        return finish(turn)
    if not user_keys.is_active(turn.aws, _new(rotation)):
        return _go_back_to_use(turn)
    turn.claim.renew()
    user_keys.set_status(turn.aws, rotation.old, user_keys.INACTIVE)
    return _note_inactive(turn)


@deadlocks.atomic
def _note_inactive(turn: RotationTurn) -> None:
    rotation, now = turn.work, turn.claim.clock.now()
    lock_integration(turn.integration.pk)
    after = min(rotation.wait, VALID_POLL)
    turn.claim.release(after=after, state=RotationState.INACTIVE, inactive_at=now)
    Credential.objects.filter(pk=rotation.old_id).exclude(state__in=_GONE).update(state=CredentialState.INACTIVE)
    vendor_feed.publish(vendor_feed.Kind.REVOKED, turn.integration, credential=rotation.old)
    turn.record("inactive", rotation.old)


def _go_back_to_use(turn: RotationTurn) -> None:
    problem = _not_active(_new(turn.work))
    fields = {"used_at": None, "used_confirmed_by": "", "inactive_at": None}
    turn.claim.release(after=LATER_USE_POLL, problem=problem, state=RotationState.DELIVERED, **fields)


def wait_for_deletion(turn: RotationTurn) -> None:
    """Wait; make the old key active again if the new one is not valid any more; then decide on the deletion."""
    rotation = turn.work
    if rotation.old.state in _GONE:
        return finish(turn)
    if not user_keys.is_active(turn.aws, _new(rotation)):
        turn.claim.renew()
        user_keys.set_status(turn.aws, rotation.old, user_keys.ACTIVE)
        return _reactivated(turn)
    left = (rotation.inactive_at or rotation.created_at) + rotation.wait - turn.claim.clock.now()
    if left > timedelta(0):
        return turn.claim.release(after=min(left, VALID_POLL))
    foreign = user_keys.foreign_keys(turn.aws, rotation.old)
    if set(foreign) - set(rotation.agreed_keys):
        return _ask(turn, foreign)
    return turn.claim.release(after=timedelta(0), state=RotationState.DELETING, foreign_keys=foreign)


@deadlocks.atomic
def _reactivated(turn: RotationTurn) -> None:
    lock_integration(turn.integration.pk)
    _go_back_to_use(turn)
    Credential.objects.filter(pk=turn.work.old_id, state=CredentialState.INACTIVE).update(state=CredentialState.READY)
    vendor_feed.publish(vendor_feed.Kind.READY, turn.integration, credential=turn.work.old)
    turn.record("active", turn.work.old)


def _ask(turn: RotationTurn, foreign: list[str]) -> None:
    problem = Message("rotation.foreign_keys", user=turn.work.old.user_name, keys=foreign)
    turn.claim.release(after=VALID_POLL, problem=problem, foreign_keys=foreign)


def delete_old(turn: RotationTurn) -> None:
    """Delete the old user with its key, unless someone added another key to it that no one agreed to delete."""
    rotation = turn.work
    turn.claim.renew()
    if foreign := user_keys.delete(turn.aws, rotation.old, agreed=rotation.agreed_keys):
        return _ask(turn, foreign)
    return finish(turn)


@deadlocks.atomic
def finish(turn: RotationTurn) -> None:
    """End the rotation: the new key is the only one."""
    rotation = turn.work
    lock_integration(turn.integration.pk)
    turn.claim.release(after=timedelta(0), state=RotationState.DONE, finished_at=turn.claim.clock.now())
    if Credential.objects.filter(pk=rotation.old_id).exclude(state__in=_GONE).update(state=CredentialState.ROTATED):
        note_user_deleted(rotation.old)
        turn.record("rotated", rotation.old, replaced_by=_new(rotation).access_key_id)
    notices.rotated(rotation)


@deadlocks.atomic
def fail(turn: RotationTurn, problem: Message) -> None:
    """End the rotation without a new key: the old one stays as it is."""
    lock_integration(turn.integration.pk)
    now = turn.claim.clock.now()
    turn.claim.release(after=timedelta(0), problem=problem, state=RotationState.FAILED, finished_at=now)
    turn.record("rotation-failed", turn.work.old, problem=problem.as_json())
    notices.failed(turn.work, problem)


def _new(rotation: Rotation) -> Credential:
    if rotation.new is None:
        raise RuntimeError(f"rotation {rotation.uid} is {rotation.state} and has no new key")
    return rotation.new


def _not_active(new: Credential) -> Message:
    return Message("rotation.new_key_not_active", key=new.access_key_id, user=new.user_name)


STAGES: dict[RotationState, Callable[[RotationTurn], None]] = {
    RotationState.REQUESTED: begin,
    RotationState.CREATING: follow_run,
    RotationState.DELIVERED: wait_for_use,
    RotationState.USED: make_inactive,
    RotationState.INACTIVE: wait_for_deletion,
    RotationState.DELETING: delete_old,
    RotationState.UNDOING: undo,
}
