"""Begins and ends acts of unmasking. The client's admins are notified, see it while it lasts, and can end it."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from monitoring.record_access_model import Unmasking
from monitoring.records.access import active_of, lasting
from onboarding.models.integration import Integration
from portal import deadlocks, live
from portal.database_clock import DatabaseClock
from portal.messages.errors import field_error
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import audit, services
from portal.tenancy.access import has_right
from portal.tenancy.models import Tenant, User
from portal.tenancy.reasons import line_of
from portal.tenancy.rights import Right
from portal.tenancy.selectors import admins_of

MINUTES = (15, 30, 60)


@deadlocks.atomic
def begin(*, person: User, tenant: Tenant, integration: Integration | None, reason: str, minutes: int) -> Unmasking:
    """Show a person the tenant's records unmasked, of one stream or of all; raises ValidationError by field.

    An act that they have already for the same is replaced. Open event streams of the person end, and their pages load
    again.
    """
    reason = line_of(reason)
    if not has_right(person, tenant, Right.UNMASK):
        raise field_error("reason", Message("unmask.withheld"))
    if not reason:
        raise field_error("reason", Message("unmask.no_reason"))
    if minutes not in MINUTES:
        raise field_error("minutes", Message("unmask.minutes_not_valid"))
    services.lock_tenant(tenant.pk)
    lasting(person, tenant).filter(integration=integration).update(ended_at=Now(), ended_by=person.email)
    act = Unmasking.objects.create(
        person=person,
        tenant=tenant,
        integration=integration,
        reason=reason,
        ends_at=DatabaseClock().now() + timedelta(minutes=minutes),
    )
    audit.record(
        "monitoring:unmasking:began",
        tenant=tenant,
        actor=person,
        target=_target(act),
        about=act,
        reason=reason,
        details={"minutes": minutes, "stream": integration.uid if integration else ""},
    )
    _notify(act)
    _change_over(person)
    return act


@deadlocks.atomic
def end(*, tenant: Tenant, uid: str, actor: User) -> Unmasking | None:
    """End an act before its time; None if there is none that lasts. Its person's event streams end at once."""
    act = of_tenant(tenant).filter(uid=uid).select_related("person", "integration").first()
    if act is None or not Unmasking.objects.filter(pk=act.pk, ended_at=None).update(
        ended_at=Now(), ended_by=actor.email
    ):
        return None
    audit.record("monitoring:unmasking:ended", tenant=tenant, actor=actor, target=_target(act), about=act)
    _change_over(act.person)
    return act


@deadlocks.atomic
def end_all(*, tenant: Tenant, actor: User) -> int:
    """End every act in a tenant, because it withholds the right; return how many there were."""
    return sum(end(tenant=tenant, uid=act.uid, actor=actor) is not None for act in of_tenant(tenant))


def of_tenant(tenant: Tenant) -> QuerySet[Unmasking]:
    """Return the acts that last, the newest first."""
    return Unmasking.objects.filter(active_of(), tenant=tenant).select_related("person", "integration")


def ended_of(tenant: Tenant) -> QuerySet[Unmasking]:
    """Return the acts that ended, the newest first."""
    return Unmasking.objects.exclude(active_of()).filter(tenant=tenant).select_related("person", "integration")


def of_person(person: User, tenant: Tenant, stream_uid: str) -> Unmasking | None:
    """Return the act by which a person sees a stream unmasked now: the one that ends last."""
    acts = lasting(person, tenant).filter(Q(integration=None) | Q(integration__uid=stream_uid))
    return acts.select_related("integration").order_by("-ends_at").first()


def _change_over(person: User) -> None:
    transaction.on_commit(partial(live.end_streams, user_id=person.pk))


def _target(act: Unmasking) -> str:
    return act.integration.stream_name if act.integration else act.tenant.name


def _notify(act: Unmasking) -> None:
    shown = {
        "person": act.person.email,
        "tenant": act.tenant.name,
        "reason": act.reason,
        "end": f"{act.ends_at:%Y-%m-%d %H:%M} UTC",
    }
    message = (
        Message("notification.staff_unmasked_stream", stream=act.integration.stream_name, **shown)
        if act.integration
        else Message("notification.staff_unmasked", **shown)
    )
    outbox.write(
        kinds.STAFF_UNMASKED,
        message,
        event=f"unmasking-{act.uid}",
        to=admins_of(act.tenant),
        tenant=act.tenant,
        path=reverse("record_access", kwargs={"slug": act.tenant.slug}),
    )
