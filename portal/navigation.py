"""What the top of every page offers, for whom."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from portal.tenancy.access import is_staff_with
from portal.tenancy.models import StaffRole, Tenant, User


@dataclass(frozen=True, slots=True)
class NavItem:
    """One section: its word, its address, whether the reader is in it."""

    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the sections the reader may visit; a template context processor."""
    user = getattr(request, "user", None)
    shared: dict[str, object] = {"vendor_name": settings.SLUICE_VENDOR_NAME, "is_demo": settings.SLUICE_DEMO}
    if not isinstance(user, User):
        return {**shared, "nav": []}
    tenant = getattr(request, "tenant", None)
    return {**shared, "nav": [*_of_tenant(request, tenant), *_of_staff(request, user)], "nav_tenant": tenant}


def _of_tenant(request: HttpRequest, tenant: Tenant | None) -> list[NavItem]:
    if tenant is None:
        return []
    at = {"slug": tenant.slug}
    home, streams = reverse("tenant_home", kwargs=at), reverse("streams", kwargs=at)
    keys, activity = reverse("pgp_keys", kwargs=at), reverse("activity", kwargs=at)
    return [
        NavItem("Overview", home, request.path == home),
        NavItem("Streams", streams, request.path.startswith(streams)),
        NavItem("OpenPGP keys", keys, request.path.startswith(keys)),
        NavItem("Activity", activity, request.path.startswith(activity)),
    ]


def _of_staff(request: HttpRequest, user: User) -> list[NavItem]:
    if not is_staff_with(user, StaffRole.SUPPORT, StaffRole.OPERATOR):
        return []
    board, admin = reverse("board"), reverse("admin:index")
    return [
        NavItem("All streams", board, request.path.startswith(board)),
        NavItem("Admin", admin, request.path.startswith(admin)),
    ]
