"""Saving filters and columns of a stream under a name: for the person, or for everyone in the tenant.

A filter and names of columns can say what is masked. People who see records masked are shown the views whose filter
they could use, and of those of everyone the ones whose columns are not masked.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from monitoring.named_views import checked_name
from monitoring.records.access import Audience
from monitoring.records.columns import columns_of
from monitoring.records.selection import Selection
from monitoring.stream_view_model import StreamView
from onboarding.models.integration import Integration
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import services
from portal.tenancy.models import User

MOST = 20


def usable(integration_id: int, person: User, audience: Audience, allowed: Collection[str]) -> list[StreamView]:
    """Return a person's views of a stream, then those of everyone, by name, that an audience can use."""
    rows = StreamView.objects.filter(Q(person=person) | Q(person=None), integration_id=integration_id)
    found = [view for view in rows if audience is Audience.CLEAR or _is_free(view, allowed)]
    return sorted(found, key=lambda view: (view.person_id is None, view.name.casefold()))


def default_in(views: Collection[StreamView]) -> StreamView | None:
    """Return the default of a stream for a person, of what they can use: their own, else that of everyone."""
    return next((view for view in views if view.is_default), None)


@deadlocks.atomic
def save(
    *,
    integration_id: int,
    actor: User,
    name: str,
    selection: Selection,
    is_shared: bool = False,
    is_default: bool = False,
) -> tuple[StreamView, bool]:
    """Save a filter and columns under a name; return the view, and whether it replaced one. Raises ValidationError."""
    name, person = checked_name(name), None if is_shared else actor
    _lock(integration_id, person)
    kept = _of(integration_id, person)
    if not kept.filter(name=name).exists() and kept.count() >= MOST:
        raise validation_error(Message("records.too_many_views", most=MOST))
    if is_default:
        kept.filter(is_default=True).exclude(name=name).update(is_default=False)
    content = {"wanted": selection.wanted, "columns": selection.columns, "is_default": is_default}
    view, is_new = StreamView.objects.update_or_create(
        integration_id=integration_id,
        person=person,
        name=name,
        defaults={**content, "saved_by": actor.email, "saved_at": Now()},
    )
    return view, not is_new


@deadlocks.atomic
def remove(*, integration_id: int, actor: User, name: str, is_shared: bool = False) -> bool:
    """Remove a view; return whether there was one."""
    removed, _ = _of(integration_id, None if is_shared else actor).filter(name=name).delete()
    return bool(removed)


@deadlocks.atomic
def choose_default(*, integration_id: int, actor: User, name: str, is_shared: bool = False) -> bool:
    """Make a view the default in place of another, or with an empty name none; return whether there is such a view.

    With a name that no view has, the default stays.
    """
    person = None if is_shared else actor
    _lock(integration_id, person)
    kept = _of(integration_id, person)
    if name and not kept.filter(name=name).exists():
        return False
    kept.filter(is_default=True).exclude(name=name).update(is_default=False)
    return bool(kept.filter(name=name).update(is_default=True)) or not name


def _of(integration_id: int, person: User | None) -> QuerySet[StreamView]:
    return StreamView.objects.filter(integration_id=integration_id, person=person)


def _lock(integration_id: int, person: User | None) -> None:
    # Two requests at once would each count what there was before the other.
    if person is not None:
        services.lock_person(person.pk)
    else:
        services.lock_tenant(Integration.objects.values_list("tenant_id", flat=True).get(pk=integration_id))


def _is_free(view: StreamView, allowed: Collection[str]) -> bool:
    fields = columns_of(view.columns).fields
    are_free = view.person_id is not None or all(each.is_outside or each.dotted in allowed for each in fields)
    return are_free and Selection(view.wanted).is_allowed(allowed)
