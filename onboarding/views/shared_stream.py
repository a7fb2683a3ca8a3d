"""The page behind a link for the reader of a shared stream, who has no account here: four steps, files, and a check.

The address is the only credential: no cookie is read or set, so a form needs no token against forgery, and there is no
session that another site could use.
"""

import re
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from onboarding.export.shared_stream import files_of
from onboarding.integrations import share_links, share_status
from onboarding.integrations.share_status import ShareStatus
from onboarding.models.integration import Integration
from portal import rate_limits
from portal.messages.message import Message
from portal.numbers import in_fours
from portal.tenancy import expiring_links
from portal.tenancy.models import ExpiringLink

_PAGE = "onboarding/shared_stream.html"
_TYPES = {"json": "application/json", "yaml": "application/yaml"}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@expiring_links.of_link
def shared_stream(request: HttpRequest, token: str) -> HttpResponse:
    """Show what to do in the reader's account and how the share stands; POST requests a check."""
    link, integration, status = _found(token)
    if (ended := expiring_links.end_of(link)) or status is None:
        return _ended(link, ended)
    try:
        expiring_links.open_link(token=token, purpose=share_links.PURPOSE)
    except ValidationError:  # revoked since it was read
        return _ended(link, Message("link.revoked", by=link.created_by))
    if request.method != "POST":
        return _show(request, link, status)
    rate_limits.use_link(rate_limits.CHECKS, tenant=link.tenant, link_id=link.pk)
    try:
        share_links.check(link=link, integration=integration)
    except ValidationError as refused:
        return _show(request, link, status, refused=" ".join(refused.messages))
    return HttpResponseRedirect(f"{request.path}#check")


@require_safe
@expiring_links.of_link
def shared_stream_file(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Send one file of the reader's side; 410 once the link or the share has ended."""
    link, _, status = _found(token)
    if (ended := expiring_links.end_of(link)) or status is None:
        return _ended(link, ended)
    text = files_of(status.shared).get(name)
    if text is None:
        raise Http404
    kind = _TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Referrer-Policy"] = "no-referrer"
    return response


def _found(token: str) -> tuple[ExpiringLink, Integration, ShareStatus | None]:
    try:
        link = expiring_links.find_link(token=token, purpose=share_links.PURPOSE)
        integration = share_links.integration_of(link)
    except (ExpiringLink.DoesNotExist, Integration.DoesNotExist):
        raise Http404 from None
    return link, integration, share_status.share_of(integration, link.details["share"])


def _show(request: HttpRequest, link: ExpiringLink, status: ShareStatus, *, refused: str = "") -> HttpResponse:
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    asker, files = share_links.asker_of(link), files_of(status.shared)
    context: dict[str, Any] = {
        "link": link,
        "here": request.path,
        "query": request.GET,
        "asker": asker.get_full_name() if asker else link.created_by,
        "asker_email": link.created_by,
        "tenant_name": link.tenant.name,
        "vendor_name": settings.SLUICE_VENDOR_NAME,
        "status": status,
        "shared": status.shared,
        "spaced_reader": in_fours(status.shared.reader.account_id),
        "spaced_owner": in_fours(status.shared.account_id),
        "policy": files["reader-policy.json"],
        "function": files["function.py"],
        "refused": refused,
        "urls": {re.sub(r"[.-]", "_", name): _url(token, name) for name in files},
    }
    return _page(context, HTTPStatus.CONFLICT if refused else HTTPStatus.OK)


def _url(token: str, name: str) -> str:
    return reverse("shared_stream_file", kwargs={"token": token, "name": name})


def _ended(link: ExpiringLink, ended: Message | None) -> HttpResponse:
    """Say why the link has ended: by itself, or with the share."""
    of_share = Message("share_link.ended", by=link.created_by)
    return _page({"ended": ended or of_share, "asker": link.created_by}, HTTPStatus.GONE)


def _page(context: dict[str, Message | Any], status: int) -> HttpResponse:
    """Render without the request, so that no cookie is set: not even that of a form."""
    response = HttpResponse(render_to_string(_PAGE, context), status=status)
    # The address itself is the secret.
    response["Referrer-Policy"] = "no-referrer"
    return response
