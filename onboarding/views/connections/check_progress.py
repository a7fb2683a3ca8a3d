"""A requested check of a connection, as pages show it while a worker does it."""

from typing import Any

from django.http import HttpResponse
from django_htmx.http import HttpResponseClientRefresh

from onboarding.check_queue import is_held_up
from onboarding.connections.check_requests import last_problem, open_check
from onboarding.models.connection import Connection
from portal.tenancy.access import TenantRequest

ID = "check"


def finished_check(request: TenantRequest, connection: Connection | None) -> HttpResponse | None:
    """Return the answer to a page that waits for a check that is over: to load it again; else None."""
    waits = request.htmx and request.htmx.target == ID
    if not waits or (connection is not None and open_check(connection) is not None):
        return None
    return HttpResponseClientRefresh()


def progress_of(connection: Connection) -> dict[str, Any]:
    """Return the check under way, and why the last one could not be done."""
    check = open_check(connection)
    return {"check": check, "is_held_up": is_held_up(check), "check_problem": last_problem(connection)}
