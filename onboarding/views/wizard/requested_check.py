"""A check that a page of the wizard requested: the page waits for it, shows how far it is, and is left when it is over.

The page that waits has `?check=` in its address, with where to go afterwards. That address is never the one that stays
in the browser's history: when the check is over, a redirect replaces it.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRefresh, replace_url

from onboarding.check_queue import is_held_up
from onboarding.models.integration import Integration
from onboarding.views.connections.check_progress import ID
from onboarding.wizard import check_requests
from onboarding.wizard.check_requests import CheckState, Subject
from portal import rate_limits
from portal.messages.catalogue import explanation_of
from portal.tenancy.access import TenantRequest

PARAMETER, NEXT = "check", "next"


def wait(
    request: TenantRequest, integration: Integration, subject: Subject, *, url: str, then: str = NEXT
) -> HttpResponse:
    """Request a check and go to the page that waits for it; of one that is open already, nothing is counted."""
    state = check_requests.state_of(integration, subject)
    if not (state.is_open and state.is_current):
        rate_limits.use(rate_limits.VERIFICATIONS, tenant=request.tenant, user=request.user)
        check_requests.request(integration=integration, subject=subject, actor=request.user)
    return redirect(f"{url}?{PARAMETER}={then}")


def answer(
    request: TenantRequest,
    integration: Integration,
    subject: Subject,
    *,
    url: str,
    leave: Callable[[str], HttpResponse],
    show: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show a page, or where it waits for a check that is over, go on: `leave` goes where the page's address says."""
    then = request.GET.get(PARAMETER)
    asks_for_part = bool(request.htmx and request.htmx.target == ID)
    if then is None and not asks_for_part:
        return show()
    state = check_requests.state_of(integration, subject)
    if state.is_current and state.is_open:
        return show()
    if asks_for_part:  # loading the page again would lose what is being edited
        return HttpResponseClientRefresh() if state.is_current else replace_url(show(), url)
    return leave(str(then)) if state.is_current and _is_answered(request, state) else redirect(url)


def progress_of(integration: Integration, subject: Subject) -> dict[str, Any]:
    """Return the check under way, why the last one could not be done, and whether the page was edited meanwhile."""
    state = check_requests.state_of(integration, subject)
    check = state.check if state.is_open and state.is_current else None
    return {
        "check": check,
        "is_held_up": is_held_up(check),
        "check_problem": state.problem if state.is_current else None,
        "is_check_outdated": state.is_open and not state.is_current,
    }


def _is_answered(request: TenantRequest, state: CheckState) -> bool:
    """Return whether the page can be left; what the answer reports is shown on the page that follows."""
    check = state.check
    if check is None or state.problem is not None:
        return False
    if check.report is not None:
        show = messages.warning if check.leads_on else messages.info
        show(request, explanation_of(check.report))
    return check.leads_on
