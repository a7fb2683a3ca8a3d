"""What holds for every page of a signed-in person: the idle limit, and the second factor that is required of staff.

The second factor that a tenant requires is checked with its other rules of access, in `of_tenant`.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from portal.accounts import sessions
from portal.tenancy import proof
from portal.tenancy.models import User
from portal.tenancy.request_scope import COOKIELESS

# A request that a page makes by itself, as on an event: live.js marks it. It shows no one's presence.
BY_ITSELF = "Sluice-Refresh"
# Where a person without the second factor can go: to set one up, to confirm who they are, and out.
OPEN = frozenset(
    {
        "healthz",
        "readyz",
        "csp_report",
        "login",
        "logout",
        "security",
        "confirm",
        "passkey_options",
        "passkey_add",
        "totp_start",
        "totp_add",
        "recovery_codes",
        "recovery_codes_new",
        "password_change",
    }
)
_DENIED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})  # another tenant's is not found
_PERSON_ID = "sluice.person_id"  # for the line of the log: who is signed in is not asked again
log = logging.getLogger(__name__)


class SessionRules:
    """Extend the session of a person who is there, send staff without the second factor to set it up, log denials."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in _DENIED and (person_id := request.META.get(_PERSON_ID)):
            view = request.resolver_match.view_name if request.resolver_match else "-"
            log.warning("access.denied status=%s user=%s view=%s", response.status_code, person_id, view)
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Apply both rules; neither asks the database for more than the page does anyway."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in COOKIELESS or SESSION_KEY not in request.session:
            return None
        if not request.headers.get(BY_ITSELF) and sessions.is_due(request.session):
            sessions.extend(request.session)
        user = request.user
        request.META[_PERSON_ID] = user.pk
        if name in OPEN or not isinstance(user, User) or not proof.lacks_second_factor(user, request.session):
            return None
        return proof.to_set_up(request)
