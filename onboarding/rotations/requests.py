"""What people may do about an access key: rotate, pause, resume, undo, confirm its use, agree to a deletion.

Each changes the row in one transaction, raises its fence, and wakes a worker.
"""

from collections.abc import Iterable
from datetime import timedelta

from onboarding.integrations import runs
from onboarding.models.credential import Credential
from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.rotation import A_DAY, OPEN_STATES, Rotation
from onboarding.models.states import CredentialState, IntegrationState, RotationState
from onboarding.provisioning.claims import ACTIVE
from onboarding.rotations import wakeups
from onboarding.rotations.work_claims import interrupted
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from portal import deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.errors import MessageError, validation_error
from portal.messages.message import Message

LONGEST_WAIT = timedelta(days=30)
ROTATABLE = [CredentialState.READY, CredentialState.IN_USE, CredentialState.INACTIVE, CredentialState.REVOKED]


@deadlocks.atomic
def rotate(
    *,
    integration: Integration,
    actor: Actor,
    wait: timedelta = A_DAY,
    cause: Rotation.Cause = Rotation.Cause.PERSON,
    batch: str = "",
) -> Rotation:
    """Request the rotation of the integration's access key, or return the one that is open: two clicks make one.

    Of an integration whose key was revoked it creates another. Raises ValidationError with the reason.
    """
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    if is_open := Rotation.objects.filter(integration=found, state__in=OPEN_STATES).first():
        return is_open
    old = key_of(found)
    _check(found, old, wait)
    if old is None:
        raise validation_error(Message("rotation.no_key", integration=found.name))
    rotation = Rotation.objects.create(
        integration=found, old=old, wait=wait, cause=cause, batch=batch, requested_by=str(actor)
    )
    if not found.runs.filter(state__in=ACTIVE).exists():
        _begin(rotation, found)
    details = {"integration": found.uid, "rotation": rotation.uid, "cause": cause}
    record("credential:rotation-requested", found.tenant, actor, old.access_key_id, about=old, **details)
    wakeups.wake_rotation(rotation.pk)
    return rotation


def key_of(integration: Integration) -> Credential | None:
    """Return the integration's newest key that Sluice created, a revoked one too, or None."""
    rows = integration.credentials.filter(uploaded_by="", state__in=ROTATABLE)
    return rows.exclude(access_key_id="").order_by("-pk").first()


def rotate_many(
    *, integrations: Iterable[Integration], actor: Actor, wait: timedelta = A_DAY
) -> tuple[str, list[tuple[Integration, Message]]]:
    """Request rotations of many integrations; return the name of the batch, and those that were refused and why."""
    batch = new_uid()
    refused: list[tuple[Integration, Message]] = []
    for integration in integrations:
        try:
            rotate(integration=integration, actor=actor, wait=wait, batch=batch)
        except MessageError as error:
            refused.append((integration, error.source))
    return batch, refused


def _check(integration: Integration, old: Credential | None, wait: timedelta) -> None:
    if integration.is_self_managed:
        raise validation_error(Message("rotation.self_managed"))
    if integration.spec and specs.from_row(integration.spec).is_by_role:
        raise validation_error(Message("rotation.by_role"))
    if integration.state not in {IntegrationState.LIVE, IntegrationState.ATTENTION}:
        raise validation_error(Message("integration.not_set_up"))
    if not timedelta(0) <= wait <= LONGEST_WAIT:
        raise validation_error(Message("rotation.wait_not_allowed", days=LONGEST_WAIT.days))


def _begin(rotation: Rotation, integration: Integration) -> None:
    try:
        rotation.run = runs.start_key_run(integration=integration, actor=rotation.requested_by)
    except SpecRefused as refused:
        raise validation_error(refused.problems[0].message) from refused
    rotation.state = RotationState.CREATING
    rotation.save(update_fields=["run", "state"])


@deadlocks.atomic
def pause(*, rotation: Rotation, actor: Actor) -> Rotation:
    """Stop the rotation where it is: both keys stay as they are until it is resumed or undone."""
    locked = _locked(rotation)
    if locked.is_open and locked.paused_at is None:
        _require(locked.state != RotationState.DELETING, Message("rotation.being_deleted"))
        interrupted(locked, paused_at=DatabaseClock().now())
        _record("paused", locked, actor)
    return locked


@deadlocks.atomic
def resume(*, rotation: Rotation, actor: Actor) -> Rotation:
    """Continue a paused rotation where it was paused; a waiting time that passed meanwhile is over."""
    locked = _locked(rotation)
    if locked.is_open and locked.paused_at is not None:
        interrupted(locked, paused_at=None)
        _record("resumed", locked, actor)
        wakeups.wake_rotation(locked.pk)
    return locked


@deadlocks.atomic
def undo(*, rotation: Rotation, actor: Actor) -> Rotation:
    """Return to the old key: it is reactivated, then the new one is deleted. Raises ValidationError."""
    locked = _locked(rotation)
    if locked.state == RotationState.UNDOING:
        return locked
    _require(locked.can_be_undone, Message("rotation.not_reversible"))
    _require(locked.old.state != CredentialState.REVOKED, Message("rotation.old_key_revoked"))
    if locked.run is not None and locked.state == RotationState.CREATING:
        runs.cancel_run(run=locked.run, actor=actor)
    if locked.state == RotationState.REQUESTED:
        interrupted(locked, state=RotationState.UNDONE, paused_at=None, finished_at=DatabaseClock().now())
    else:
        interrupted(locked, state=RotationState.UNDOING, paused_at=None, used_confirmed_by="")
        wakeups.wake_rotation(locked.pk)
    _record("rotation-undone", locked, actor)
    return locked


@deadlocks.atomic
def confirm_use(*, rotation: Rotation, actor: Actor, reason: str = "") -> Rotation:
    """Continue without IAM's report of a use: a person states that the vendor sends with the right key."""
    locked = _locked(rotation)
    _require(locked.state in {RotationState.DELIVERED, RotationState.UNDOING}, Message("rotation.not_waiting_for_use"))
    interrupted(locked, used_confirmed_by=str(actor))
    _record("use-confirmed", locked, actor, stated_reason=reason)
    wakeups.wake_rotation(locked.pk)
    return locked


@deadlocks.atomic
def agree_to_delete(*, rotation: Rotation, actor: Actor, keys: Iterable[str]) -> Rotation:
    """Agree to the deletion of the keys that Sluice did not create and a person has seen listed."""
    locked = _locked(rotation)
    interrupted(locked, agreed_keys=sorted(set(keys)))
    _record("foreign-keys-agreed", locked, actor, keys=locked.agreed_keys)
    wakeups.wake_rotation(locked.pk)
    return locked


def _locked(rotation: Rotation) -> Rotation:
    integration = lock_integration(rotation.integration_id)
    may_act(integration.tenant)
    found = Rotation.objects.select_related("old", "new", "run").get(pk=rotation.pk)
    found.integration = integration
    return found


def _require(condition: bool, otherwise: Message) -> None:
    if not condition:
        raise validation_error(otherwise)


def _record(verb: str, rotation: Rotation, actor: Actor, **details: object) -> None:
    integration, old = rotation.integration, rotation.old
    facts = {"integration": integration.uid, "rotation": rotation.uid, **details}
    record(f"credential:{verb}", integration.tenant, actor, old.access_key_id, about=old, **facts)
