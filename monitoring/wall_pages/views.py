"""The pages that list, create and revoke links for screens: of a tenant's board, and of staff's."""

from contextlib import suppress
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import wall_links
from monitoring.wall_pages.forms import WallLinkForm
from portal.accounts.step_up import confirmed
from portal.refused_pages import never_kept
from portal.tenancy.access import TenantRequest, of_tenant, staff_required
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right

_UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.WALL_DISPLAYS)
def tenant_wall_links(request: TenantRequest) -> HttpResponse:
    """List the links to a tenant's board; a POST revokes one."""
    return _links(request, request.tenant)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Right.BOARD)
def all_wall_links(request: HttpRequest) -> HttpResponse:
    """List the links to the board of all tenants; a POST revokes one."""
    return _links(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.WALL_DISPLAYS)
@confirmed("wall_link")
def tenant_wall_link_new(request: TenantRequest) -> HttpResponse:
    """Show the form of a new link to a tenant's board; the page that answers it shows the link, once."""
    return _new(request, request.tenant)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Right.BOARD)
@confirmed("wall_link")
def all_wall_link_new(request: HttpRequest) -> HttpResponse:
    """Show the form of a new link to the board of all tenants; the page that answers it shows the link, once."""
    return _new(request, None)


def _links(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    if request.method == "POST":
        uid = request.POST.get("uid", "")
        if link := wall_links.revoke(tenant=tenant, uid=uid, actor=cast(User, request.user)):
            messages.success(request, _("Revoked the link “%(name)s”.") % {"name": link.name})
        return redirect(request.path)  # else it was revoked in another tab
    links = wall_links.listed(tenant)
    return render(request, "monitoring/wall_links.html", _places(tenant) | {"tenant": tenant, "links": links})


def _new(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    person = cast(User, request.user)
    form = WallLinkForm(person, tenant, request.POST if request.method == "POST" else None)
    context = _places(tenant) | {"tenant": tenant, "form": form}
    if form.is_valid():
        with suppress(ValidationError):
            link, token = form.create()
            path = reverse("wall", kwargs={"token": token})
            url = f"{settings.SLUICE_PORTAL_URL or request.build_absolute_uri('/').rstrip('/')}{path}"
            return never_kept(
                render(request, "monitoring/wall_link_created.html", context | {"link": link, "url": url})
            )
    status = _UNPROCESSABLE if form.errors else 200
    return render(request, "monitoring/wall_link_new.html", context, status=status)


def _places(tenant: Tenant | None) -> dict[str, str]:
    if tenant is None:
        names = {"links_url": "all_wall_links", "new_url": "all_wall_link_new", "board_url": "board"}
        return {key: reverse(name) for key, name in names.items()}
    names = {"links_url": "wall_links", "new_url": "wall_link_new", "board_url": "streams"}
    return {key: reverse(name, kwargs={"slug": tenant.slug}) for key, name in names.items()}
