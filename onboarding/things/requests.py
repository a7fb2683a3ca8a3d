"""What people may do about things: add them, try again, remove them. Each changes rows and wakes a worker."""

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from onboarding.iot.thing_file import MOST_THINGS
from onboarding.iot.thing_rules import NewThing
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from onboarding.things import retries, wakeups
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message

_SETTLED = (IntegrationState.LIVE, IntegrationState.ATTENTION)


@deadlocks.atomic
def add_things(
    *, integration: Integration, things: Sequence[NewThing], recipients: Iterable[str], actor: Actor
) -> list[Thing]:
    """Request things, all or none. `recipients` are fingerprints of confirmed OpenPGP keys of the tenant.

    Raises ValidationError with the reason. The things and their attributes follow the rules already.
    """
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    to = list(dict.fromkeys(recipients))
    _check(found, things, to)
    rows = [
        Thing(
            integration=found,
            name=thing.name,
            attributes=dict(thing.attributes),
            recipients=to,
            requested_by=str(actor),
        )
        for thing in things
    ]
    added = Thing.objects.bulk_create(rows)
    record("things:requested", found.tenant, actor, found.name, about=found, count=len(added), recipients=to)
    _wake(found)
    return added


@deadlocks.atomic
def try_again(*, integration: Integration, actor: Actor) -> int:
    """Try again what failed, also removals; return how much that is. Raises ValidationError of a suspended tenant."""
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    rows = Thing.objects.filter(integration=found, state=ThingState.FAILED)
    delayed = Thing.objects.filter(integration=found, state=ThingState.REMOVING, attempts__gt=0)
    count = rows.count() + delayed.count() + found.unused_certificates.count()
    if count:
        _wake(found)
        delayed.update(**retries.AT_ONCE)
        found.unused_certificates.update(**retries.AT_ONCE)
        # One that has a certificate keeps it: a second one would leave the first in the account.
        rows.exclude(certificate_id="").update(state=ThingState.CERTIFIED, problem=None)
        rows.exclude(request="").update(state=ThingState.SEALED, problem=None)
        rows.update(state=ThingState.REQUESTED, problem=None)
        record("things:retried", found.tenant, actor, found.name, about=found, count=count)
    return count


@deadlocks.atomic
def remove_things(*, integration: Integration, uids: Iterable[str] | None, actor: Actor) -> int:
    """Request the removal of these things, or of all; return how many. Raises ValidationError of a suspended tenant."""
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    rows = Thing.objects.filter(integration=found).exclude(state__in=[ThingState.REMOVING, ThingState.REMOVED])
    if uids is not None:
        rows = rows.filter(uid__in=list(uids))
    names = list(rows.values_list("name", flat=True)[:MOST_THINGS])
    if names:
        _wake(found)
        rows.update(state=ThingState.REMOVING, problem=None, **retries.AT_ONCE)
        record("things:removal-requested", found.tenant, actor, found.name, about=found, names=names)
    return len(names)


def _check(integration: Integration, things: Sequence[NewThing], recipients: list[str]) -> None:
    if not (integration.spec or {}).get("devices"):
        raise validation_error(Message("things.no_devices"))
    if integration.state not in _SETTLED:
        raise validation_error(Message("things.not_live"))
    if not recipients:
        raise validation_error(Message("things.no_recipient"))
    usable = integration.tenant.pgp_keys.filter(fingerprint__in=recipients, confirmed_at__isnull=False)
    now = timezone.now()
    if any(key.is_disabled or (key.expires_at and key.expires_at <= now) for key in usable):
        raise validation_error(Message("things.recipient_unusable"))
    if usable.count() != len(recipients):
        raise validation_error(Message("things.recipient_unusable"))
    there = integration.things.exclude(state=ThingState.REMOVED)
    if there.count() + len(things) > MOST_THINGS:
        raise validation_error(Message("things.too_many", most=MOST_THINGS))
    if taken := there.filter(name__in=[thing.name for thing in things]).first():
        raise validation_error(Message("things_file.taken", name=taken.name))


def _wake(integration: Integration) -> None:
    work, _ = DeviceWork.objects.get_or_create(integration=integration)
    # A worker that is at work continues; what waits for a while is due now. Before the things, as workers lock them.
    DeviceWork.objects.filter(pk=work.pk, lease_until=None).update(due_at=Now(), fence=F("fence") + 1, attempts=0)
    wakeups.wake(work.pk)
