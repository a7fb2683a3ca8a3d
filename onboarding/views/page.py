"""What every page of the wizard does: find the draft, read what was typed, answer with the page or send on."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from onboarding.integrations import selectors, update
from onboarding.models.integration import Integration
from onboarding.views.wizard import estimate
from onboarding.wizard import pages as wizard
from onboarding.wizard import rail
from onboarding.wizard.known_fields import known_fields
from portal.numbers import whole
from portal.tenancy.access import TenantRequest

UNPROCESSABLE = 422
MOST_CHOSEN = 100
_LISTS = {"fingerprints"}
_CHECKBOXES = {"stream": ("shard_level_metrics", "vpc_only", "adopt"), "recipients": ("fingerprints",)}


def draft_of(request: TenantRequest, uid: str) -> Integration:
    """Return the tenant's integration; raise Http404 for anything else."""
    return get_object_or_404(Integration.objects.select_related("tenant", "connection"), uid=uid, tenant=request.tenant)


def wants(request: HttpRequest) -> str:
    """Return which button was pressed: next, back, keep (saved while typing) or one of the page's own."""
    return request.POST.get("do", "next")


def turn_of(request: HttpRequest) -> int | None:
    """Return, for a page saved while typing, the turn it was shown in; None for one that was submitted."""
    if wants(request) != "keep":
        return None
    return whole(request.POST.get("turn", ""))


def typed(request: HttpRequest, page: str) -> dict[str, Any]:
    """Return the page's values as typed, without spaces around them; only those of its own fields.

    Pasted key material is never among them, and at most MOST_CHOSEN of a list are.
    """
    known = known_fields(page)
    values: dict[str, Any] = {
        key: request.POST.getlist(key)[:MOST_CHOSEN] if key in _LISTS else request.POST[key].strip()
        for key in request.POST
        if key in known
    }
    for box in _CHECKBOXES.get(page, ()):
        values.setdefault(box, [] if box in _LISTS else "")
    return values


def leave(integration: Integration, page: str, step: int) -> HttpResponse:
    """Go to the page before or after this one; before the first is the overview."""
    goal = wizard.neighbour(page, step)
    if goal is None:
        return redirect("tenant_home", slug=integration.tenant.slug)
    return redirect(wizard.url_of(integration, goal))


def stay(integration: Integration, page: str) -> HttpResponse:
    """Show the same page again after a change, so that reloading does not repeat it."""
    return redirect(wizard.url_of(integration, page))


def to_run(integration: Integration) -> HttpResponse:
    """Leave the wizard of an integration that is no draft: for its run, or its own page if it is self-managed."""
    run = selectors.current_run(integration)
    if integration.is_self_managed:
        return redirect("integration", slug=integration.tenant.slug, uid=integration.uid)
    if run is None:
        return redirect("tenant_home", slug=integration.tenant.slug)
    return redirect("run", slug=integration.tenant.slug, pk=run.pk)


def show(
    request: TenantRequest, integration: Integration, page: str, context: dict[str, Any], *, refused: bool = False
) -> HttpResponse:
    """Render a page of the wizard; `refused` says so to machines too (not to htmx, which swaps only successes)."""
    status = UNPROCESSABLE if refused and not request.htmx else 200
    response = render(request, f"onboarding/{page}.html", {**frame(integration, page), **context}, status=status)
    return _saved(response) if request.htmx and request.method == "POST" else response


def show_live(request: TenantRequest, integration: Integration, page: str, context: dict[str, Any]) -> HttpResponse:
    """Answer a page saved while typing: its changing lines and the rail for htmx, the page itself for a browser."""
    if not request.htmx:
        return stay(integration, page)
    shown = {**frame(integration, page), **context, "oob": True}
    return _saved(render(request, f"onboarding/_{page}_live.html", shown))


def _saved(response: HttpResponse) -> HttpResponse:
    # The page takes its input for saved when this answer says so, and at no other time.
    return trigger_client_event(response, "draft-saved")


def frame(integration: Integration, page: str) -> dict[str, Any]:
    """Return what surrounds every page: the rail, what was saved, the pages before and after."""
    pages = {known.key: known for known in wizard.PAGES}
    after = wizard.neighbour(page, +1)
    return {
        "integration": integration,
        "tenant": integration.tenant,
        "connection": wizard.connection_of(integration),
        "page": page,
        "title": pages[page].title,
        "next_goal": pages[after].goal if after else "",
        "rail": rail.rail_of(integration, page),
        "rail_title": _("Setup pages"),
        "rail_note": _saved_note(integration),
        "is_update": update.is_open(integration),
        "monthly": estimate.monthly_total(integration),
    }


def trail(integration: Integration, current: str, *, linked: bool) -> dict[str, Any]:
    """Return the rail for the pages after the wizard; without links to its pages for those who may only view."""
    items = rail.rail_of(integration, current)
    pages = set(wizard.KEYS)
    if not linked:
        items = [replace(item, url="") if item.key in pages else item for item in items]
    return {"rail": items, "rail_title": _("Setup pages"), "rail_note": ""}


def _saved_note(integration: Integration) -> str:
    if not integration.draft:
        return _("Drafts are saved automatically. You can leave and resume later.")
    # The time itself, which the page counts on by itself: "a moment ago" would stay for as long as the page is open.
    at = integration.changed_at
    when = format_html('<time datetime="{}" data-relative>{} UTC</time>', at.isoformat(), date_format(at, "j M, H:i"))
    return format_html(_("Saved {}. You can leave and resume later."), when)
