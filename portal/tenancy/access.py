"""Who may view and do what. Everything of another tenant answers 404, so that its existence stays unknown."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Literal, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django_htmx.middleware import HtmxDetails

from portal.tenancy import staff_visits
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User

P = ParamSpec("P")
Needs = Literal["viewer", "admin"]


class TenantRequest(HttpRequest):
    """A request by a signed-in person about one tenant."""

    user: User
    htmx: HtmxDetails  # true when htmx asks for a part of the page
    tenant: Tenant
    role: TenantRole | None  # None: a member of the vendor's staff


def role_in(user: User | AnonymousUser, tenant: Tenant) -> TenantRole | None:
    """Return the person's role in the tenant, or None: always None for staff, who view every tenant and act in none."""
    if not isinstance(user, User) or not user.is_active or user.is_staff:
        return None
    role = Membership.objects.filter(tenant=tenant, user=user).values_list("role", flat=True).first()
    return TenantRole(role) if role else None


def tenants_of(user: User | AnonymousUser) -> QuerySet[Tenant]:
    """Return the tenants in which the person has a role; none for staff."""
    if not isinstance(user, User) or user.is_staff:
        return Tenant.objects.none()
    return Tenant.objects.filter(memberships__user=user)


def is_staff_with(user: User | AnonymousUser, *roles: StaffRole) -> bool:
    """Return whether the person is active staff with one of the roles (superusers have all)."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or user.staff_role in roles


def is_any_staff(user: User | AnonymousUser) -> bool:
    """Return whether the person is active staff who may view every tenant."""
    return is_staff_with(user, StaffRole.SUPPORT, StaffRole.OPERATOR)


def may_view(user: User | AnonymousUser, tenant: Tenant) -> bool:
    """Return whether the person may view the tenant's pages: its own people and the vendor's staff."""
    return is_any_staff(user) or role_in(user, tenant) is not None


def tenant_for(request: HttpRequest, slug: str, *, needs: Needs = "viewer") -> Tenant:
    """Return the tenant if the person may act in it as `needs`; raise Http404 otherwise.

    Vendor staff may view every tenant (needs="viewer") and act in none: only its own people act.
    """
    tenant = get_object_or_404(Tenant, slug=slug)
    role = role_in(request.user, tenant)
    if role == TenantRole.ADMIN and not (needs == "admin" and tenant.is_suspended):
        return tenant
    if needs == "viewer" and (role or is_any_staff(request.user)):
        return tenant
    raise Http404


def of_tenant(
    needs: Needs = "viewer",
) -> Callable[[Callable[Concatenate[TenantRequest, P], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view whose URL has `slug` receive a TenantRequest, or answer 404."""

    def decorate(view: Callable[Concatenate[TenantRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: TenantRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request.tenant = tenant_for(request, slug, needs=needs)
            request.role = role_in(request.user, request.tenant)
            if request.role is None:
                staff_visits.record(request.user, request.tenant, request.session)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def staff_required(*roles: StaffRole) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Allow only staff with one of the roles to open a view; others get 404."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not is_staff_with(request.user, *roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
