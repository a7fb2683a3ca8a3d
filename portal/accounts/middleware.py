"""What holds for every page of a signed-in person: the idle limit, and the second factor that is required of staff.

The second factor that a tenant requires is checked with its other rules of access, in `of_tenant`.
"""

from collections.abc import Callable
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


class SessionRules:
    """Extend the session of a person who is there, and send staff without the second factor to set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Apply both rules; neither asks the database for more than the page does anyway."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in COOKIELESS or SESSION_KEY not in request.session:
            return None
        if not request.headers.get(BY_ITSELF) and sessions.is_due(request.session):
            sessions.extend(request.session)
        user = request.user
        if name in OPEN or not isinstance(user, User) or not proof.lacks_second_factor(user, request.session):
            return None
        return proof.to_set_up(request)
