"""The navigation at the top of every page."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import database_scope
from portal.outbox import bell
from portal.tenancy import proof
from portal.tenancy.access import has_staff_right, staff_roles
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right, rights_of


@dataclass(frozen=True, slots=True)
class NavItem:
    """A section: its label, its address, and whether it is open."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Bell:
    """How many notifications the reader has not read, as a number and as text, such as “99+”."""

    count: int
    text: str


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the sections that the reader may open; a template context processor."""
    user = getattr(request, "user", None)
    shared: dict[str, object] = {"vendor_name": settings.SLUICE_VENDOR_NAME, "is_demo": settings.SLUICE_DEMO}
    if not isinstance(user, User):
        return {**shared, "nav": []}
    tenant = getattr(request, "tenant", None)
    return {
        **shared,
        "nav": [*_of_tenant(request, tenant), *_of_staff(request, user)],
        "may": _may(request, user),
        "is_view_only": tenant is not None and Right.SET_UP not in getattr(request, "rights", ()),
        "bell": partial(_bell, request, user),  # asked for by the bar alone, so that a part of a page costs no query
    }


def _may(request: HttpRequest, user: User) -> dict[str, bool]:
    """Return by name whether the reader has each right, for templates: `{% if may.set_up %}`.

    All of them: of one that is missing, a template would find the dict's own method, such as `keys`.
    """
    rights = getattr(request, "rights", None)
    held = rights_of(staff_roles(user)) if rights is None else rights
    return {str(right): right in held for right in Right}


def _of_tenant(request: HttpRequest, tenant: Tenant | None) -> list[NavItem]:
    if tenant is None:
        return []
    at = {"slug": tenant.slug}
    home, streams = reverse("tenant_home", kwargs=at), reverse("streams", kwargs=at)
    keys, activity = reverse("pgp_keys", kwargs=at), reverse("activity", kwargs=at)
    alerts = reverse("alerts", kwargs=at)
    people = [NavItem(_("People"), reverse("people", kwargs=at), request.path == reverse("people", kwargs=at))]
    webhooks, may_webhooks = reverse("webhooks", kwargs=at), Right.WEBHOOKS in getattr(request, "rights", ())
    return [
        NavItem(_("Overview"), home, request.path == home),
        NavItem(_("Streams"), streams, request.path.startswith(streams)),
        NavItem(_("Alerts"), alerts, request.path.startswith(alerts)),
        NavItem(_("OpenPGP keys"), keys, request.path.startswith(keys)),
        NavItem(_("Activity"), activity, request.path.startswith(activity)),
        *(people if Right.SEE_PEOPLE in getattr(request, "rights", ()) else []),
        *([NavItem(_("Webhooks"), webhooks, request.path.startswith(webhooks))] if may_webhooks else []),
    ]


def _of_staff(request: HttpRequest, user: User) -> list[NavItem]:
    board, admin, networks = reverse("board"), reverse("admin:index"), reverse("networks")
    alerts = reverse("all_alerts")
    has_networks = bool(settings.SLUICE_VENDOR_NETWORKS or settings.SLUICE_VENDOR_VPC_NETWORKS)
    found = [
        (Right.BOARD, NavItem(_("All streams"), board, request.path.startswith(board))),
        (Right.BOARD, NavItem(_("All alerts"), alerts, request.path.startswith(alerts))),
        *([(Right.BOARD, NavItem(_("Networks"), networks, request.path == networks))] if has_networks else []),
        (Right.ADMINISTRATION, NavItem(_("Admin"), admin, request.path.startswith(admin))),
    ]
    return [item for right, item in found if has_staff_right(user, right)]


def _bell(request: HttpRequest, user: User) -> Bell:
    with database_scope.of_person(user.pk):  # of all their tenants, on the page of whichever, and on an error's
        count = bell.unread_count(proof.reader_of(user, request.session))
    return Bell(count, str(count) if count <= bell.MOST_COUNTED else f"{bell.MOST_COUNTED}+")
