"""Page 4 of the wizard: who receives the data beside the deliveries. Each kind of consumer is a section of its own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from onboarding.drafts import codec
from onboarding.drafts import services as drafts
from onboarding.models.integration import Integration
from onboarding.provisioning.consumer_external_ids import keep_external_ids
from onboarding.views import page
from onboarding.views.page import show, wants
from onboarding.views.wizard.consumer_roles import ROLES
from onboarding.views.wizard.consumer_section import Section
from onboarding.views.wizard.devices import DEVICES
from onboarding.views.wizard.fan_out import FAN_OUT
from onboarding.views.wizard.shares import SHARES
from onboarding.wizard import pages
from portal.tenancy.access import TenantRequest

PAGE = "consumers"
SECTIONS: tuple[Section, ...] = (ROLES, FAN_OUT, SHARES, DEVICES)


def consumers_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """Show the page, or do what was requested: keep, back, next, or a button of one of its sections."""
    if request.method != "POST":
        return show(request, integration, PAGE, _context(integration))
    before, do = pages.values_of(integration, PAGE), wants(request)
    values = {section.key: section.read(request.POST, before.get(section.key)) for section in SECTIONS}
    own = next((section for section in SECTIONS if do.startswith(f"{section.key}-")), None)
    if own is not None:
        values[own.key] = own.press(values[own.key], do, integration)
    is_submitted = do == "next" or (bool(before.get(pages.SUBMITTED)) and own is None)
    if is_submitted:
        values[pages.SUBMITTED] = True
    drafts.save_page(integration=integration, page=PAGE, values=values, turn=page.turn_of(request))
    if own is not None:
        return redirect(f"{pages.url_of(integration, PAGE)}#{own.key}")
    if do == "keep":
        return page.show_live(request, integration, PAGE, _context(integration))
    if do == "back":
        return page.leave(integration, PAGE, -1)
    if any(section.error_count(integration) for section in SECTIONS):
        return show(request, integration, PAGE, {**_context(integration), "is_refused": True}, refused=True)
    keep_external_ids(
        integration, [str(values["name"]) for values in codec.consumer_roles_of(integration.draft).values()]
    )
    return page.leave(integration, PAGE, +1)


def _context(integration: Integration) -> dict[str, Any]:
    shown: dict[str, Any] = {"sections": [section.template for section in SECTIONS]}
    for section in SECTIONS:
        shown |= section.context(integration)
    return shown
