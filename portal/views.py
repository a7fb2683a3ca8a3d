"""The start page, the health checks and the error page."""

import logging
import sys

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from portal import database_scope, readiness
from portal.tenancy.access import RightMissing, has_staff_right, tenants_of
from portal.tenancy.models import TenantRole
from portal.tenancy.rights import TABLE, Right
from portal.tenancy.selectors import admins_of

log = logging.getLogger(__name__)

# What Django raises when PostgreSQL cannot be reached, ends a connection, or has no connections left.
UNAVAILABLE = (OperationalError, InterfaceError)
RETRY_SECONDS = 10
_MOST_TENANTS = 50
_MOST_ADMINS = 10


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Redirect people to their tenant or to the board of all streams; show a choice to members of several tenants."""
    user = request.user
    if has_staff_right(user, Right.BOARD):
        return redirect("board")
    tenants = list(tenants_of(user)[:_MOST_TENANTS])
    if len(tenants) == 1:
        return redirect("tenant_home", slug=tenants[0].slug)
    return render(request, "portal/home.html", {"tenants": tenants})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is running."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer which parts of the installation work, each by name, and with a sentence for each problem."""
    found = readiness.check()
    return JsonResponse(found.as_json(), status=200 if found.may_serve else 503)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: within a tenant that the person may view, with what is missing and who can help."""
    if not isinstance(exception, RightMissing):
        return HttpResponse(loader.render_to_string("403.html"), status=403)
    tenant, is_admin = exception.tenant, exception.role == TenantRole.ADMIN
    context = {
        "tenant": tenant,
        "right": TABLE[exception.right].description,
        "is_admin": is_admin,
        "role": exception.role,
        "admins": [] if is_admin else admins_of(tenant)[:_MOST_ADMINS],
    }
    with database_scope.of_tenant(tenant.pk):  # that of the view has ended
        return render(request, "portal/right_missing.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read: 413 where its form is too large, else 400."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return HttpResponse(loader.render_to_string("413.html"), status=413)
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failed request: 503 with Retry-After while PostgreSQL is not available, else 500.

    Django calls this while it handles the exception of a view or middleware. Neither page queries the database.
    """
    fault = sys.exc_info()[1]
    if not isinstance(fault, UNAVAILABLE):
        return HttpResponse(loader.render_to_string("500.html"), status=500)
    log.warning("database.away path=%s fault=%s", request.path, type(fault).__name__)
    is_read = request.method in {"GET", "HEAD"}
    is_part = is_read and bool(HtmxDetails(request))
    context = {"is_read": is_read, "is_part": is_part, "seconds": RETRY_SECONDS, "query": request.GET}
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(loader.render_to_string("503.html", context), status=503, headers=headers)
