"""The front door, and the two questions that machines ask."""

import logging
import sys

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.views.decorators.http import require_GET

from portal.tenancy.access import is_staff_with
from portal.tenancy.models import StaffRole, Tenant

log = logging.getLogger(__name__)

# What Django raises when PostgreSQL cannot be reached, ends a connection, or has none left.
AWAY = (OperationalError, InterfaceError)
AGAIN_SECONDS = 10


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send people where their work is; show a choice only to those who have one."""
    user = request.user
    tenants = list(Tenant.objects.filter(memberships__user__pk=user.pk or 0)[:50])
    if is_staff_with(user, StaffRole.OPERATOR, StaffRole.SUPPORT) and not tenants:
        return redirect("board")
    if len(tenants) == 1:
        return redirect("tenant_home", slug=tenants[0].slug)
    return render(request, "portal/home.html", {"tenants": tenants})


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether PostgreSQL and Redis can be reached, each by name."""
    found = {"postgresql": _database_answers(), "redis": _redis_answers()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a request that failed: 503 with Retry-After while PostgreSQL is away, else 500.

    Django calls this while it handles the exception, whether a view raised it or a middleware. Neither page asks the
    database anything.
    """
    fault = sys.exc_info()[1]
    if not isinstance(fault, AWAY):
        return HttpResponse(loader.render_to_string("500.html"), status=500)
    log.warning("database.away path=%s fault=%s", request.path, type(fault).__name__)
    said = {"is_read": request.method in {"GET", "HEAD"}, "seconds": AGAIN_SECONDS, "query": request.GET}
    headers = {"Retry-After": str(AGAIN_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(loader.render_to_string("503.html", said), status=503, headers=headers)


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False
