"""A tenant's webhook endpoints and chats: listed, added, tested, given a new secret, removed. Admins alone see them."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import rate_limits
from portal.messages.catalogue import text_of
from portal.notifications import webhook_services as services
from portal.outbox import endpoints
from portal.outbox.endpoint_model import SERVICES, WebhookEndpoint
from portal.outbox.kinds import BY_KEY
from portal.refused_pages import never_kept
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.reasons import reason_in
from portal.tenancy.rights import Right

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one of the two forms, and what is wrong with it by field; never the address of a chat."""

    form: str = ""
    url: str = ""
    service: str = ""
    kinds: tuple[str, ...] = ()
    errors: dict[str, list[str]] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.WEBHOOKS)
def webhooks(request: TenantRequest) -> HttpResponse:
    """List the endpoints, and add one; the page that answers shows its secret, once."""
    if request.method != "POST":
        return _list(request, Typed())
    if request.POST.get("do") == "chat":
        return _add_chat(request)
    url, chosen = request.POST.get("url", "").strip(), tuple(request.POST.getlist("kinds"))
    try:
        endpoint, secret = services.add(tenant=request.tenant, url=url, chosen=chosen, actor=request.user)
    except ValidationError as refused:
        typed = Typed("webhook", url=url, kinds=chosen, errors=refused.message_dict)
        return _list(request, typed, status=UNPROCESSABLE)
    return never_kept(_show(request, endpoint, secret=secret))


def _add_chat(request: TenantRequest) -> HttpResponse:
    service, chosen = request.POST.get("service", ""), tuple(request.POST.getlist("kinds"))
    address = request.POST.get("address", "").strip()
    try:
        endpoint = services.add_chat(
            tenant=request.tenant, service=service, address=address, chosen=chosen, actor=request.user
        )
    except ValidationError as refused:
        typed = Typed("chat", service=service, kinds=chosen, errors=refused.message_dict)
        return _list(request, typed, status=UNPROCESSABLE)
    messages.success(request, _("Added. Choose Send test to see whether messages arrive."))
    return redirect("webhook", slug=request.tenant.slug, uid=endpoint.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.WEBHOOKS)
def webhook(request: TenantRequest, uid: str) -> HttpResponse:
    """Show an endpoint with its newest events; test it, give it a new secret, or remove it."""
    endpoint = get_object_or_404(endpoints.endpoints_of(request.tenant), uid=uid)
    if request.method != "POST":
        return _show(request, endpoint)
    match request.POST.get("do"):
        case "rotate" if not endpoint.is_chat:
            try:
                secret = services.rotate(endpoint=endpoint, actor=request.user)
            except ValidationError as refused:
                messages.error(request, " ".join(refused.messages))
                return redirect("webhook", slug=request.tenant.slug, uid=endpoint.uid)
            return never_kept(_show(request, endpoint, secret=secret))
        case "remove":
            services.remove(endpoint=endpoint, actor=request.user, reason=reason_in(request.POST))
            messages.success(request, _("Endpoint removed."))
            return redirect("webhooks", slug=request.tenant.slug)
        case "test":
            rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
            services.send_test(endpoint=endpoint, actor=request.user)
            messages.success(request, _("The test is sent. Reload the page to see the answer."))
            return redirect("webhook", slug=request.tenant.slug, uid=endpoint.uid)
    raise Http404


def _list(request: TenantRequest, typed: Typed, status: int = 200) -> HttpResponse:
    found = {
        "tenant": request.tenant,
        "endpoints": endpoints.endpoints_of(request.tenant),
        "kinds": _kinds(typed.kinds if typed.form == "webhook" else ()),
        "chat_kinds": _kinds(typed.kinds if typed.form == "chat" else [kind.key for kind in endpoints.ALERTS]),
        "services": [(service.value, label, service.value == typed.service) for service, label in SERVICES.items()],
        "url": typed.url,
        "webhook_errors": typed.errors if typed.form == "webhook" else {},
        "chat_errors": typed.errors if typed.form == "chat" else {},
    }
    return render(request, "notifications/webhooks.html", found, status=status)


def _kinds(chosen: Collection[str]) -> list[tuple[str, str, bool]]:
    return [(kind.key, text_of(kind.label), kind.key in chosen) for kind in endpoints.OFFERED]


def _show(request: TenantRequest, endpoint: WebhookEndpoint, secret: str = "") -> HttpResponse:
    kinds = [text_of(BY_KEY[key].label) for key in endpoint.kinds if key in BY_KEY]
    found = {
        "tenant": request.tenant,
        "endpoint": endpoint,
        "kinds": kinds,
        "secret": secret,
        "items": endpoints.attempted(endpoint),
    }
    return render(request, "notifications/webhook.html", found)
