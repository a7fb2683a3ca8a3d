"""The wizard: its pages in order, what was typed on each, and the forms over it.

A draft is the `draft` of an Integration row: for each page, the values as typed, and under keys of our own
`submitted` (Continue was chosen, so that errors are shown) and `refused` (what AWS answered about a field); on the
stream's page also `found` (the stream of that name which exists).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from onboarding.account_state.integration_status import integration_status
from onboarding.connections import selectors as connections_selectors
from onboarding.deliveries import form_codec
from onboarding.drafts import codec
from onboarding.integrations import selectors, update
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import RunState
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.stream import StreamForm
from portal.messages.catalogue import explanation_of
from portal.messages.message import from_json

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SUBMITTED = "submitted"
REFUSED = "refused"
FOUND = "found"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the wizard: its key in addresses and drafts, its title, what stands under it before it is done, and
    how the page before it names it on its button."""

    key: str
    title: _StrPromise
    hint: _StrPromise
    goal: _StrPromise


PAGES = (
    Page("connect", _("Connect your AWS account"), _("access to one account"), _("account")),
    Page("stream", _("Design the stream"), _("name, Region, capacity"), _("stream")),
    Page("delivery", _("Deliver the records"), _("destinations of the records"), _("deliveries")),
    Page("consumers", _("Who receives the data?"), _("optional"), _("consumers")),
    Page("recipients", _("Choose recipients"), _("the vendor, and keys of yours"), _("recipients")),
    Page("review", _("Review"), _("all resources by name"), _("review")),
)
KEYS = tuple(page.key for page in PAGES)


def is_editable(integration: Integration) -> bool:
    """Tell whether the pages can be changed: while a draft, after a run that stopped or was cancelled, and while
    someone changes the settings of a living integration."""
    status = integration_status(integration)
    if status.is_draft:
        return True
    if integration.is_self_managed:
        return update.is_open(integration)
    run = selectors.current_run(integration)
    if status.is_removed or status.is_being_removed or run is None:
        return False
    if run.status in {RunState.FAILED, RunState.CANCELLED}:
        return not run.is_removal or update.is_open(integration)
    return run.status.is_over and update.is_open(integration)


def values_of(integration: Integration, page: str) -> dict[str, Any]:
    """Return what was typed on a page, or an empty dict."""
    values = integration.draft.get(page)
    return dict(values) if isinstance(values, Mapping) else {}


def connection_of(integration: Integration) -> Connection | None:
    """Return the connection chosen on the first page, verified or not."""
    return connections_selectors.chosen_connection(integration) or integration.connection


def keys_of(integration: Integration) -> list[PgpKey]:
    """Return the keys chosen as recipients that can receive an access key, or have one that an update keeps."""
    chosen = values_of(integration, "recipients").get("fingerprints", [])
    if "pgp_keys" in getattr(integration.tenant, "_prefetched_objects_cache", {}):
        keys = [key for key in integration.tenant.pgp_keys.all() if key.fingerprint in chosen]
    else:
        keys = list(PgpKey.objects.filter(tenant_id=integration.tenant_id, fingerprint__in=chosen))
    ready = [key for key in keys if key.can_receive]
    return keys if len(ready) < len(keys) and update.keeps_key(integration) else ready


def stream_form(integration: Integration, *, always_bound: bool = False) -> StreamForm:
    """Return the second page's form over what was typed."""
    typed, submitted = _typed(integration, "stream", always_bound)
    form = StreamForm(typed, submitted=submitted, connection=connection_of(integration))
    _show_refused(form, values_of(integration, "stream"))
    return form


def delivery_form(integration: Integration, key: str = "1", *, always_bound: bool = False) -> DeliveryForm:
    """Return the form of one delivery over what was typed; of one that is not there yet, over what is suggested."""
    items = codec.deliveries_of(integration.draft)
    values = items.get(key)
    stream = values_of(integration, "stream")
    form = DeliveryForm(
        values or None,
        submitted=bool(values) and (always_bound or bool((values or {}).get(SUBMITTED))),
        connection=connection_of(integration),
        stream_name=str(stream.get("name", "")),
        region=str(stream.get("region", "")),
        others=[form_codec.plain(earlier) for number, earlier in items.items() if int(number) < int(key)],
    )
    _show_refused(form, values or {})
    return form


def neighbour(page: str, step: int) -> str | None:
    """Return the key of the page `step` after (or before) this one, or None beyond the ends."""
    position = KEYS.index(page) + step
    return KEYS[position] if 0 <= position < len(KEYS) else None


def url_of(integration: Integration, page: str) -> str:
    """Return the address of a page of the wizard."""
    return reverse("setup", kwargs={"slug": integration.tenant.slug, "uid": integration.uid, "page": page})


def _typed(integration: Integration, page: str, always_bound: bool) -> tuple[dict[str, Any] | None, bool]:
    typed = values_of(integration, page)
    return typed or None, bool(typed) and (always_bound or bool(typed.get(SUBMITTED)))


def _show_refused(form: StreamForm | DeliveryForm, values: Mapping[str, Any]) -> None:
    if not form.is_bound:
        return
    for field, message in values.get(REFUSED, {}).items():
        if field not in form.fields:
            continue
        if not form[field].value():
            form.errors.pop(field, None)  # it is missing because it was refused, and that is what to say
        if field not in form.errors:
            form.add_error(field, _explained(message))


def _explained(message: Any) -> str:
    # Drafts of earlier versions hold finished text.
    return message if isinstance(message, str) else explanation_of(from_json(message))
