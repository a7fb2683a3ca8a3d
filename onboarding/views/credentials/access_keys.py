"""All access keys of a tenant: how old each is, when it was last used, and how far its rotation is."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.rotation import Rotation
from onboarding.models.states import CredentialState, IntegrationState
from onboarding.rotations import requests, schedule
from onboarding.views.credentials.rotations import WAITS, wait_of
from portal.database_clock import DatabaseClock
from portal.messages.catalogue import explanation_of
from portal.numbers import whole
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class KeyLine:
    """An integration with its newest key and its newest rotation."""

    integration: Integration
    credential: Credential | None
    rotation: Rotation | None
    days: int

    @property
    def can_be_rotated(self) -> bool:
        """Return whether a rotation can be requested."""
        return self.credential is not None and not (self.rotation and self.rotation.is_open)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def access_keys(request: TenantRequest) -> HttpResponse:
    """List the access keys of all integrations, and rotate those that were chosen."""
    if request.method == "POST":
        require(request, Right.ROTATE_KEYS)
        return _rotate(request)
    lines = _lines(request)
    open_ones = [line for line in lines if line.rotation and line.rotation.is_open]
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "lines": lines,
        "open_count": len(open_ones),
        "waits": WAITS,
        "policy": schedule.policy_of(request.tenant),
        "fewest_days": schedule.FEWEST_DAYS,
        "most_days": schedule.MOST_DAYS,
    }
    return render(request, "onboarding/access_keys.html", context)


@require_POST
@of_tenant(Right.ROTATE_KEYS)
def key_policy(request: TenantRequest) -> HttpResponse:
    """Choose at which age access keys are rotated."""
    days, automatic = whole(request.POST.get("days", "")) or 0, "automatic" in request.POST
    try:
        schedule.set_policy(tenant=request.tenant, actor=request.user, days=days, is_automatic=automatic)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Saved."))
    return redirect("access_keys", slug=request.tenant.slug)


def _rotate(request: TenantRequest) -> HttpResponse:
    chosen = request.POST.getlist("integration")[:MOST_AT_ONCE]
    found = list(_live(request).filter(uid__in=chosen).select_related("tenant", "connection"))
    batch, refused = requests.rotate_many(integrations=found, actor=request.user, wait=wait_of(request))
    for integration, message in refused:
        text = _("%(integration)s: %(reason)s") % {"integration": integration.name, "reason": explanation_of(message)}
        messages.error(request, text)
    count = Rotation.objects.filter(batch=batch).count()
    if count:
        text = ngettext("%(count)d rotation requested.", "%(count)d rotations requested.", count) % {"count": count}
        messages.success(request, text)
    return redirect("access_keys", slug=request.tenant.slug)


def _live(request: TenantRequest) -> Any:
    states = [IntegrationState.LIVE, IntegrationState.ATTENTION]
    return Integration.objects.filter(tenant=request.tenant, state__in=states)


def _lines(request: TenantRequest) -> list[KeyLine]:
    usable = [CredentialState.READY, CredentialState.IN_USE]
    keys = Credential.objects.filter(state__in=usable).exclude(access_key_id="").order_by("-pk")
    rows = _live(request).prefetch_related(
        Prefetch("credentials", keys, to_attr="usable_keys"), Prefetch("rotations", to_attr="all_rotations")
    )
    now = DatabaseClock().now()
    return [_line(row, now) for row in rows]


def _line(row: Any, now: Any) -> KeyLine:
    credential = next(iter(row.usable_keys), None)
    days = (now - credential.created_at).days if credential else 0
    return KeyLine(row, credential, next(iter(row.all_rotations), None), days)
