"""The support staff's site: Django's admin behind the portal's own sign-in, invisible to everyone else."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal import database_scope
from portal.tenancy import staff_visits
from portal.tenancy.access import has_staff_right
from portal.tenancy.models import User
from portal.tenancy.request_scope import rendered
from portal.tenancy.rights import Right

_TO_FIELD = "_to_field"


class SupportSite(admin.AdminSite):
    """Django's admin for support and operators."""

    site_header = "Sluice support"
    site_title = "Sluice support"
    index_title = "Tenants and their onboarding"

    def has_permission(self, request: HttpRequest) -> bool:
        """Allow active staff with a role."""
        return has_staff_right(request.user, Right.ADMINISTRATION)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer 404 to people who are signed in but not staff."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            if "" in {request.GET.get(_TO_FIELD), request.POST.get(_TO_FIELD)}:
                raise BadRequest  # Django checks the name of a field only if there is one, and then looks it up
            with database_scope.every_tenant("the admin lists what all tenants have"):
                if isinstance(request.user, User) and self.has_permission(request):
                    staff_visits.record_every(request.user, request.session)
                response: HttpResponse = rendered(inner(request, *args, **kwargs))
            return response

        return guarded

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Send people to the portal's one page for it."""
        return redirect("password_change")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to the portal's one sign-in page."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        return redirect_to_login(request.GET.get("next") or request.get_full_path())
