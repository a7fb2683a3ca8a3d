"""Who may view and do what, by the table of rights. Everything of another tenant answers 404, so that it stays unknown.

Within a tenant whose pages a person may view, what their role does not allow answers 403, and says who can help.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django_htmx.middleware import HtmxDetails

from portal import database_scope
from portal.tenancy import last_seen, proof, staff_visits
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User
from portal.tenancy.request_scope import scoped_to_its_end
from portal.tenancy.rights import Right, Role, rights_of

P = ParamSpec("P")
Person = User | AnonymousUser


class RightMissing(PermissionDenied):
    """A person who may view the tenant lacks a right in it; the page of the error says who has it."""

    def __init__(self, right: Right, tenant: Tenant, role: TenantRole | None) -> None:
        super().__init__(str(right))
        self.right, self.tenant, self.role = right, tenant, role


class TenantRequest(HttpRequest):
    """A request by a signed-in person about one tenant."""

    user: User
    htmx: HtmxDetails  # true when htmx asks for a part of the page
    tenant: Tenant
    role: TenantRole | None  # None: a member of the vendor's staff
    rights: frozenset[Right]


def role_in(user: Person, tenant: Tenant) -> TenantRole | None:
    """Return the person's role in the tenant, or None: always None for staff, who view every tenant and act in none."""
    if not isinstance(user, User) or not user.is_active or user.is_staff:
        return None
    role = Membership.objects.filter(tenant=tenant, user=user).values_list("role", flat=True).first()
    return TenantRole(role) if role else None


def tenants_of(user: Person) -> QuerySet[Tenant]:
    """Return the tenants in which the person has a role; none for staff."""
    if not isinstance(user, User) or user.is_staff:
        return Tenant.objects.none()
    return Tenant.objects.filter(memberships__user=user)


def rights_in(user: Person, tenant: Tenant) -> frozenset[Right]:
    """Return what the person may do in the tenant: its own people by their role, the vendor's staff by theirs."""
    return _rights(user, tenant, role_in(user, tenant))


def has_right(user: Person, tenant: Tenant, right: Right) -> bool:
    """Return whether the person has the right in the tenant."""
    return right in rights_in(user, tenant)


def has_staff_right(user: Person, right: Right) -> bool:
    """Return whether the person is active staff whose role has the right."""
    return right in rights_of(staff_roles(user))


def staff_roles(user: Person) -> frozenset[Role]:
    """Return the roles of active staff; superusers have all."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return frozenset()
    if user.is_superuser:
        return frozenset({Role.SUPPORT, Role.OPERATOR})
    return frozenset({Role(user.staff_role)}) if user.staff_role != StaffRole.NONE else frozenset()


def scope_of_person(user: Person) -> AbstractContextManager[None]:
    """Return the scope in which a person's access is decided: their memberships, and for staff every tenant."""
    if staff_roles(user):
        return database_scope.every_tenant("staff may view every tenant")
    return database_scope.of_person(user.pk) if isinstance(user, User) else database_scope.nothing()


def tenant_for(request: HttpRequest, slug: str, *, needs: Right = Right.VIEW) -> Tenant:
    """Return the tenant if the person has the right in it.

    Raises Http404 for a tenant that they may not view, and RightMissing for one that they may.
    """
    tenant, role, rights = _standing(request.user, slug)
    return _checked(tenant, role, rights, needs)


def require(request: TenantRequest, right: Right) -> None:
    """Raise RightMissing unless the person of a request about a tenant has the right; costs no query."""
    _checked(request.tenant, request.role, request.rights, right)


def of_tenant(
    needs: Right = Right.VIEW, *, is_visit: bool = True
) -> Callable[[Callable[Concatenate[TenantRequest, P], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view whose URL has `slug` receive a TenantRequest, or answer 404 or 403 (`tenant_for`).

    Staff who have not stated why they open the tenant's pages are sent to the page that asks, which itself is no visit.
    """

    def decorate(view: Callable[Concatenate[TenantRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: TenantRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            with scope_of_person(request.user):
                request.tenant, request.role, request.rights = _standing(request.user, slug)
            may_view = Right.VIEW in request.rights  # else its existence stays unknown
            if may_view and proof.lacks_second_factor(request.user, request.session, request.tenant):
                return proof.to_set_up(request)
            require(request, needs)
            with database_scope.of_tenant(request.tenant.pk, person_id=request.user.pk):
                if asks := _note(request, is_visit=is_visit):
                    return asks
                return scoped_to_its_end(view(request, *args, **kwargs))

        return guarded

    return decorate


def _note(request: TenantRequest, *, is_visit: bool) -> HttpResponse | None:
    """Record that the person is there; return the redirect for staff who must first state why."""
    if request.role is not None:
        last_seen.note(request.user, request.tenant, request.session)
    elif is_visit:
        if staff_visits.lacks_reason(request.session, request.tenant):
            return staff_visits.to_reason(request, request.tenant)
        staff_visits.record(request.user, request.tenant, request.session)
    return None


def staff_required(right: Right) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Allow only staff whose role has the right to open a view; others get 404."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not has_staff_right(request.user, right):
                raise Http404
            with database_scope.every_tenant("staff's own pages list what all tenants have"):
                return view(request, *args, **kwargs)

        return guarded

    return decorate


def _standing(user: Person, slug: str) -> tuple[Tenant, TenantRole | None, frozenset[Right]]:
    tenant = get_object_or_404(Tenant, slug=slug)
    role = role_in(user, tenant)
    return tenant, role, _rights(user, tenant, role)


def _checked(tenant: Tenant, role: TenantRole | None, rights: frozenset[Right], needs: Right) -> Tenant:
    if Right.VIEW not in rights:
        raise Http404
    if needs not in rights:
        raise RightMissing(needs, tenant, role)
    return tenant


def _rights(user: Person, tenant: Tenant, role: TenantRole | None) -> frozenset[Right]:
    roles = frozenset({Role(role)}) if role else staff_roles(user)
    return rights_of(roles, is_suspended=tenant.is_suspended, withheld=tenant.withheld_rights)
