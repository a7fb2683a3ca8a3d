"""Rotating and revoking access keys by click: of one integration, and of many."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.rotations import requests, revocations, trail_requests
from onboarding.views.page import draft_of
from portal.accounts.step_up import confirmed
from portal.numbers import whole
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

# The waiting times that the page offers, in hours.
WAITS = (0, 1, 24, 72, 168)
_NOT_HOURS = -1


@require_POST
@of_tenant(Right.ROTATE_KEYS)
def key_rotate(request: TenantRequest, uid: str) -> HttpResponse:
    """Request a rotation of the integration's access key."""
    found, wait = draft_of(request, uid), wait_of(request)
    _try(request, lambda: requests.rotate(integration=found, actor=request.user, wait=wait))
    return _back(request, uid)


@require_POST
@of_tenant(Right.ROTATE_KEYS)
def rotation_change(request: TenantRequest, uid: str) -> HttpResponse:
    """Pause, resume or undo the newest rotation, confirm a use, or agree to the deletion of other keys."""
    rotation = get_object_or_404(Rotation.objects.filter(integration=draft_of(request, uid))[:1])
    change = _CHANGES.get(request.POST.get("do", ""))
    if change is not None:
        _try(request, lambda: change(rotation, request))
    return _back(request, uid)


@require_POST
@of_tenant(Right.REVOKE_KEYS)
@confirmed("revoke")
def key_revoke(request: TenantRequest, uid: str, key_uid: str) -> HttpResponse:
    """Revoke an access key; a compromised one is also replaced."""
    credential = get_object_or_404(Credential.objects.filter(integration=draft_of(request, uid)), uid=key_uid)
    reason, compromised = request.POST.get("reason", "").strip()[:300], request.POST.get("do") == "compromised"
    if request.role is None and not reason:
        messages.error(request, _("State why: the client sees it under Activity."))
        return _back(request, uid)
    _try(
        request,
        lambda: revocations.revoke(
            credential=credential, actor=request.user, reason=reason, is_compromised=compromised
        ),
    )
    return _back(request, uid)


@require_POST
@of_tenant(Right.REVOKE_KEYS)
@confirmed("revoke")
def revocation_agree(request: TenantRequest, uid: str, key_uid: str) -> HttpResponse:
    """Agree to the deletion of the keys on a revoked key's user that Sluice did not create."""
    ours = Revocation.objects.filter(integration=draft_of(request, uid))
    revocation = get_object_or_404(ours, credential__uid=key_uid)
    seen = _listed(request, revocation.foreign_keys)
    _try(request, lambda: revocations.agree_to_delete(revocation=revocation, actor=request.user, keys=seen))
    return _back(request, uid)


def wait_of(request: TenantRequest) -> timedelta:
    """Return the waiting time of a form; one that the page does not offer is refused by the service."""
    hours = whole(request.POST.get("wait", "24"))
    return timedelta(hours=_NOT_HOURS if hours is None else hours)


def section(integration: Integration) -> dict[str, Any]:
    """Return what the Access key tab shows of the integration's rotations and revocations."""
    rotation = integration.rotations.select_related("old", "new", "run").first()
    found = Revocation.objects.filter(integration=integration).select_related("credential", "integration__connection")
    return {
        "rotation": rotation,
        "rotation_stages": stages_of(rotation) if rotation else [],
        "revocations": [(each, trail_requests.state_of(each)) for each in found[:3]],
        "waits": WAITS,
        "can_create_key": requests.key_of(integration) is not None,
    }


def stages_of(rotation: Rotation) -> list[tuple[str, object, bool]]:
    """Return the stages as people read them: what happened or is to happen, when it did, and whether it is over."""
    moments = (
        (_("New key created, encrypted and tested"), rotation.delivered_at),
        (_("New key downloaded and seen in use"), rotation.used_at),
        (_("Old key inactive"), rotation.inactive_at),
        (_("Old key deleted"), rotation.finished_at if rotation.state == "done" else None),
    )
    return [(label, at, at is not None) for label, at in moments]


def _agree(rotation: Rotation, request: TenantRequest) -> object:
    seen = _listed(request, rotation.foreign_keys)
    return requests.agree_to_delete(rotation=rotation, actor=request.user, keys=seen)


def _listed(request: TenantRequest, known: Iterable[str]) -> list[str]:
    # Only what the page listed when the person agreed, and only what is listed now.
    return sorted(set(request.POST.getlist("key")) & set(known))


_CHANGES: dict[str, Callable[[Rotation, TenantRequest], object]] = {
    "pause": lambda rotation, request: requests.pause(rotation=rotation, actor=request.user),
    "resume": lambda rotation, request: requests.resume(rotation=rotation, actor=request.user),
    "undo": lambda rotation, request: requests.undo(rotation=rotation, actor=request.user),
    "confirm": lambda rotation, request: requests.confirm_use(rotation=rotation, actor=request.user),
    "agree": _agree,
}


def _try(request: TenantRequest, act: Callable[[], object]) -> None:
    try:
        act()
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))


def _back(request: TenantRequest, uid: str) -> HttpResponse:
    return redirect("credentials", slug=request.tenant.slug, uid=uid)
