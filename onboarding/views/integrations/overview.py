"""A tenant's home: its integrations, its drafts, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.integration_status import IntegrationStatus, integration_status
from onboarding.connections import selectors as connections_selectors
from onboarding.credentials import selectors as credentials_selectors
from onboarding.integrations import selectors
from onboarding.models.integration import Integration
from onboarding.models.states import Look, RunState
from onboarding.views.credentials import pgp_keys
from onboarding.views.integrations import home_lists
from onboarding.views.integrations.activity import Entry, entry
from onboarding.views.integrations.key_warnings import key_warning
from onboarding.wizard import page_status, pages, rail
from portal.database_clock import DatabaseClock
from portal.messages.catalogue import text_of
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right
from portal.tenancy.selectors import access_changes_by_staff

_RECENT = 6


@dataclass(frozen=True, slots=True)
class Line:
    """An integration as the overview shows it: where it stands, and the one thing to do about it."""

    integration: Integration
    account: str
    state: str
    label: str
    note: str
    url: str
    action: str
    status: IntegrationStatus | None = None


@require_safe
@of_tenant()
def tenant_home(request: TenantRequest) -> HttpResponse:
    """Show the tenant's integrations with their state, drafts to continue, and what was done lately."""
    home_lists.with_choices(request.tenant)
    drafts = home_lists.drafts(request.tenant, request.GET)
    streams = home_lists.streams(request.tenant, request.GET)
    removed, now = home_lists.removed(request.tenant, request.GET), DatabaseClock().now()
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "lines": [_line(integration, request.rights, now) for integration in streams.rows],
        "drafts": [_draft_line(integration) for integration in drafts.rows],
        "left": [_left_line(integration) for integration in removed.rows],
        "drafts_list": drafts,
        "streams_list": streams,
        "removed_list": removed,
        "connections": (linked := list(connections_selectors.connections_of(request.tenant))),
        "degraded": [connection for connection in linked if connection_status(connection).is_degraded],
        "key_count": sum(key.can_receive for key in request.tenant.pgp_keys.all()),
        "affected_keys": [key for key in pgp_keys.with_affected_copies(request.tenant.pgp_keys.all()) if key.affected],
        "recent": [entry(event) for event in selectors.activity(request.tenant)[:_RECENT]],
        "access_changes": _access_changes(request),
        "step_count": rail.STEP_COUNT,
        "page_count": len(pages.KEYS),
    }
    return render(request, "onboarding/tenant_home.html", context)


def _access_changes(request: TenantRequest) -> list[Entry]:
    if Right.PEOPLE not in request.rights:
        return []
    return [entry(event) for event in access_changes_by_staff(request.tenant)[:_RECENT]]


def _line(integration: Any, rights: frozenset[Right], now: datetime) -> Line:
    status, warning = integration_status(integration), key_warning(integration, rights, now)
    run = next(iter(integration.current_runs), None)
    at = {"slug": integration.tenant.slug}
    url, action, note = reverse("stream", kwargs={**at, "uid": integration.uid}), _("Open stream"), ""
    if run and run.status is RunState.FAILED:
        url, action, note = reverse("run", kwargs={**at, "pk": run.pk}), _("View failure"), text_of(run.failure)
    elif run and run.status is not RunState.DONE:
        url, action = reverse("run", kwargs={**at, "pk": run.pk}), _("View run")
    elif status.unknown_since and integration.connection:
        url, action = reverse("connection", kwargs={**at, "uid": integration.connection.uid}), _("Open connection")
        note = text_of(connection_status(integration.connection).reason)
    elif warning:
        url = reverse("credentials", kwargs={**at, "uid": integration.uid})
        note, action = warning.note, warning.action
    elif integration.drift_count:
        count = integration.drift_count
        url, action = reverse("integration", kwargs={**at, "uid": integration.uid}), _("View differences")
        differing = ngettext(
            "Configuration drift: %(count)d difference.", "Configuration drift: %(count)d differences.", count
        )
        note = differing % {"count": count}
    elif (note := _untaken(integration)) and status.is_live:
        url, action = (
            reverse("credentials", kwargs={**at, "uid": integration.uid}),
            _("Download access key") if Right.DOWNLOAD in rights else _("View access key"),
        )
    if integration.is_self_managed:
        url, action = reverse("integration", kwargs={**at, "uid": integration.uid}), _("Open integration")
        note = "" if integration.ready_credentials else _("The access key has not been uploaded yet.")
    look = "info" if status.is_at_work else str(status.look)
    if warning and (warning.look == Look.FAILING or look == Look.HEALTHY):
        look = str(warning.look)
    elif look == Look.HEALTHY and integration.drift_count:
        look = str(Look.ATTENTION)
    return Line(integration, _account(integration), look, status.label, note, url, action, status)


def _left_line(integration: Any) -> Line:
    kept = integration.resource_count
    note = ngettext(
        "%(count)d resource remaining in the account.", "%(count)d resources remaining in the account.", kept
    ) % {"count": kept}
    url = reverse("integration", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    return Line(
        integration,
        _account(integration),
        "unknown",
        integration_status(integration).label,
        note,
        url,
        _("View resources"),
    )


def _draft_line(integration: Integration) -> Line:
    done, total = rail.progress_of_draft(integration)
    note = _("%(done)d of %(total)d steps done") % {"done": done, "total": total}
    return Line(
        integration,
        _account(integration),
        "unknown",
        _("draft"),
        note,
        page_status.resume_url(integration),
        _("Continue"),
    )


def _untaken(integration: Any) -> str:
    ready = next(iter(integration.ready_credentials), None)
    if ready is None or not credentials_selectors.has_own_copy(ready) or credentials_selectors.is_downloaded(ready):
        return ""
    return _("No one on your team has downloaded the key yet.")


def _account(integration: Integration) -> str:
    connection = pages.connection_of(integration)
    return in_fours(connection.account_id) if connection else ""
