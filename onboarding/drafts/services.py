"""Drafts: what a client typed into the wizard, page by page."""

from typing import Any

from django.db.models import F

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, one_name_at_a_time, record
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import Tenant

MOST_DRAFTS = 50


@deadlocks.atomic
def start_integration(*, tenant: Tenant, actor: Actor) -> Integration:
    """Open a draft that the wizard fills. Raises ValidationError for a tenant that has MOST_DRAFTS of them."""
    may_act(tenant)
    one_name_at_a_time(tenant)
    if tenant.integrations.filter(state=IntegrationState.DRAFT).count() >= MOST_DRAFTS:
        raise validation_error(Message("draft.too_many", limit=MOST_DRAFTS))
    integration = Integration.objects.create(tenant=tenant, name="New integration", created_by=str(actor))
    record("integration:drafted", tenant, actor, integration.uid, about=integration)
    return integration


@deadlocks.atomic
def discard_draft(*, integration: Integration, actor: Actor) -> None:
    """Delete a draft with what was typed; its connection and keys stay. Raises ValidationError for what is no draft."""
    may_act(integration.tenant)
    locked = lock_integration(integration.pk)
    if locked.state != IntegrationState.DRAFT:
        raise validation_error(Message("draft.not_a_draft"))
    record("integration:draft-discarded", locked.tenant, actor, locked.uid, about=locked, name=locked.name)
    locked.delete()


class StaleDraft(Exception):
    """A page that was saved while typing, and reached the server after the same page had been submitted."""


@deadlocks.atomic
def begin_turn(*, integration: Integration) -> None:
    """Note that a page is submitted: what was saved while typing and comes later than this is stale."""
    Integration.objects.filter(pk=integration.pk).update(turn=F("turn") + 1)
    integration.refresh_from_db(fields=["turn"])


@deadlocks.atomic
def save_page(*, integration: Integration, page: str, values: dict[str, Any], turn: int | None = None) -> None:
    """Keep a page of the wizard as it was typed.

    `turn` is given by what is saved while typing: the turn that the page was shown in. Raises StaleDraft when a page
    was submitted since, because the submitted one is what its reader meant.
    """
    may_act(integration.tenant)
    locked = lock_integration(integration.pk)
    if turn is not None and turn != locked.turn:
        raise StaleDraft
    locked.draft = {**locked.draft, page: values}
    if locked.state == IntegrationState.DRAFT:
        locked.name = codec.name_of(locked.draft) or locked.name
    locked.save(update_fields=["draft", "name", "changed_at"])
    integration.draft, integration.name = locked.draft, locked.name


@deadlocks.atomic
def save_delivery(
    *, integration: Integration, key: str, values: dict[str, Any] | None, turn: int | None = None
) -> dict[str, dict[str, Any]]:
    """Keep one delivery of a draft as it was typed, or with None forget it; return all that there are.

    Raises StaleDraft as `save_page` does.
    """
    locked = lock_integration(integration.pk)
    items = codec.deliveries_of(locked.draft)
    if values is None:
        items.pop(key, None)
    else:
        items[key] = values
    save_page(integration=integration, page="delivery", values={"items": items}, turn=turn)
    return items
