"""Page 5: the OpenPGP certificates that the access key is sealed to."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.connections import boundary_check
from onboarding.credentials import recipients
from onboarding.credentials.decryption_guides import creation_guides
from onboarding.drafts import codec
from onboarding.drafts import services as drafts
from onboarding.integrations import producer_choice
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.views import page
from onboarding.views.credentials import pgp_keys
from onboarding.views.page import show, typed, wants
from onboarding.wizard import pages
from portal.tenancy.access import TenantRequest

KEY = "recipients"
PICK_ONE = gettext_lazy(
    "Choose at least one key of your own: Sluice is set up without the vendor’s delivery key, so no one else could "
    "decrypt the access key."
)


def recipients_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """Show the page, or do what was asked: add, confirm, keep, back, next."""
    if request.method != "POST":
        return show(request, integration, KEY, _context(integration))
    drafts.save_page(integration=integration, page=KEY, values=typed(request, KEY), turn=page.turn_of(request))
    do, _, uid = wants(request).partition(":")
    if do == "keep":
        return page.show_live(request, integration, KEY, _context(integration))
    if do == "confirm":
        return _confirm(request, integration, uid)
    if pgp_keys.is_key_given(request) or do == "add":
        return _add(request, integration, do)
    return page.leave(integration, KEY, -1) if do == "back" else _next(request, integration)


def _add(request: TenantRequest, integration: Integration, do: str) -> HttpResponse:
    outcome = pgp_keys.add(request)
    if do == "back":
        if outcome.message:
            messages.warning(request, _("The pasted key was not added. %(reason)s") % {"reason": outcome.message})
        return page.leave(integration, KEY, -1)
    if outcome.message:
        return show(request, integration, KEY, {**_context(integration), "add": outcome}, refused=True)
    return page.stay(integration, KEY)


def _confirm(request: TenantRequest, integration: Integration, uid: str) -> HttpResponse:
    key = get_object_or_404(PgpKey, uid=uid, tenant=request.tenant)
    if not request.POST.get(f"compared-{uid}"):
        context = {**_context(integration), "not_compared": uid}
        return show(request, integration, KEY, context, refused=True)
    recipients.confirm_pgp_key(key=key, actor=request.user)
    values = pages.values_of(integration, KEY)
    chosen = [*values.get("fingerprints", []), key.fingerprint]
    drafts.save_page(integration=integration, page=KEY, values={**values, "fingerprints": sorted(set(chosen))})
    return page.stay(integration, KEY)


def _next(request: TenantRequest, integration: Integration) -> HttpResponse:
    if _may_go_on(integration):
        return page.leave(integration, KEY, +1)
    return show(request, integration, KEY, {**_context(integration), "pick_error": PICK_ONE}, refused=True)


def _may_go_on(integration: Integration) -> bool:
    # The vendor's copy is enough. Without a vendor's key someone of the client has to be able to open it.
    is_for_vendor = settings.SLUICE_VENDOR_CERTIFICATE_FILE is not None
    without_own = is_for_vendor or codec.is_without_grant(integration) or codec.is_by_role(integration.draft)
    return without_own or bool(pages.keys_of(integration))


def _context(integration: Integration) -> dict[str, Any]:
    found = list(integration.tenant.pgp_keys.all())
    chosen = pages.values_of(integration, KEY).get("fingerprints", [])
    usable = {key.pk for key in pages.keys_of(integration)}
    return {
        "ready_keys": [key for key in found if key.can_receive or key.pk in usable],
        "open_keys": [key for key in found if not (key.confirmed_at or key.is_expired or key.is_disabled)],
        "disabled_keys": [key for key in found if key.is_disabled],
        "expired_keys": [key for key in found if key.is_expired and not key.is_disabled],
        "chosen_fingerprints": chosen,
        "vendor": pgp_keys.vendor_key(),
        "add": pgp_keys.Outcome(),
        "creation_guides": creation_guides(),
        "may_go_on": _may_go_on(integration),
        "is_vendor_only": not usable,
        "runs_it": codec.is_without_grant(integration),
        **_producer(integration),
    }


def _producer(integration: Integration) -> dict[str, Any]:
    is_by_role, connection = codec.is_by_role(integration.draft), pages.connection_of(integration)
    has_grant = connection is not None and connection.has_grant
    return {
        "is_by_role": is_by_role,
        "offers_role": is_by_role or producer_choice.is_role_offered(),
        # The role in the account may be older than the permission to create such roles.
        "outdated_connection": connection
        if connection is not None and has_grant and not boundary_check.may_create_producer_roles(connection)
        else None,
    }
