"""A connection's own page: its state, the trust test, the permission report, its files, and what it is used by."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import administrator_links, check_requests, external_ids, grant, permission_choice
from onboarding.connections import selectors as connections_selectors
from onboarding.integrations import selectors
from onboarding.models.connection import Connection
from onboarding.models.states import IntegrationState
from onboarding.views.connections.ask import ask_of
from onboarding.views.connections.check_progress import finished_check, progress_of
from onboarding.views.connections.outdated_policies import outdated_policies
from onboarding.views.connections.permission_checks import check_groups
from onboarding.views.connections.role import permission_sentences, role_checks
from onboarding.views.connections.role_files import role_file_response
from onboarding.views.page import UNPROCESSABLE
from onboarding.wizard.forms.account import PermissionsForm
from portal import rate_limits
from portal.aws.policies.optional_permissions import (
    CONSUMING_PERMISSIONS,
    OPTIONAL_PERMISSIONS,
    READING_PERMISSIONS,
)
from portal.messages.catalogue import text_of
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def connection(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the page; an admin verifies, checks permissions, chooses them, and creates a new external ID here."""
    if request.method == "POST":
        require(request, Right.CONNECT)
    found = _of(request, uid)
    if not found.has_grant:
        return _show_without(request, found)
    if request.method != "POST":
        return finished_check(request, found) or _show(request, found)
    act = _ACTIONS.get(request.POST.get("do", ""))
    if act is None:
        return _back(found)
    try:
        return act(request, found)
    except ValidationError as refused:
        return _show(request, found, refused=" ".join(refused.messages))


@require_safe
@of_tenant()
def connection_report(request: TenantRequest, uid: str) -> HttpResponse:
    """Answer with the connection's state, trust test and permission report as JSON."""
    return JsonResponse(connections_selectors.as_json(_of(request, uid)), json_dumps_params={"indent": 2})


@require_safe
@of_tenant(Right.CONNECT)
def role_file(request: TenantRequest, uid: str, form: str) -> HttpResponse:
    """Send the role in one of its forms as a file; of an expired external ID there is none."""
    return role_file_response(_of(request, uid), form)


def _of(request: TenantRequest, uid: str) -> Connection:
    return get_object_or_404(Connection.objects.select_related("tenant"), uid=uid, tenant=request.tenant)


def _back(found: Connection) -> HttpResponse:
    return redirect("connection", slug=found.tenant.slug, uid=found.uid)


def _verify(request: TenantRequest, found: Connection) -> HttpResponse:
    rate_limits.use(rate_limits.VERIFICATIONS, tenant=request.tenant, user=request.user)
    role_arn = request.POST.get("role_arn", "").strip() or found.role_arn or found.usual_role_arn
    check_requests.request_trust_test(connection=found, role_arn=role_arn, actor=request.user)
    return _back(found)


def _retry(request: TenantRequest, found: Connection) -> HttpResponse:
    """Request another test of what may still be propagating, as the page asks every five seconds."""
    if connection_status(found).is_propagating:
        check_requests.request_trust_test(connection=found, role_arn=found.role_arn, actor=request.user, is_quiet=True)
    if not request.htmx:
        return _back(found)
    if not connection_status(found).is_propagating:
        return HttpResponseClientRefresh()  # the rest of the page changes with it
    return _show(request, found)


def _check_permissions(request: TenantRequest, found: Connection) -> HttpResponse:
    rate_limits.use(rate_limits.VERIFICATIONS, tenant=request.tenant, user=request.user)
    check_requests.request_permission_check(connection=found, actor=request.user)
    return _back(found)


def _choose(request: TenantRequest, found: Connection) -> HttpResponse:
    form = PermissionsForm(request.POST)
    before = found.optional_permissions
    if not form.is_valid():
        return _show(request, found, permissions_form=form)
    try:
        permission_choice.choose_permissions(connection=found, actor=request.user, optional=form.optional)
    except ValidationError as refused:
        if not hasattr(refused, "error_dict"):
            raise
        form.add_error("other_resources", refused.message_dict["other_resources"])
        return _show(request, found, permissions_form=form)
    if before != form.optional:
        saved = _("Permissions saved. To update your role, download and apply one of its files again.")
        messages.success(request, saved)
    return _back(found)


def _renew(request: TenantRequest, found: Connection) -> HttpResponse:
    external_ids.renew_external_id(connection=found, actor=request.user)
    return _back(found)


def _ask(request: TenantRequest, found: Connection) -> HttpResponse:
    rate_limits.use(rate_limits.INVITATIONS, tenant=request.tenant, user=request.user)
    administrator_links.create(connection=found, actor=request.user)
    return _back(found)


def _revoke_ask(request: TenantRequest, found: Connection) -> HttpResponse:
    administrator_links.revoke(connection=found, actor=request.user)
    messages.success(request, _("The link for your AWS administrator was revoked."))
    return _back(found)


_ACTIONS: dict[str, Callable[[TenantRequest, Connection], HttpResponse]] = {
    "verify": _verify,
    "retry": _retry,
    "check_permissions": _check_permissions,
    "choose": _choose,
    "renew": _renew,
    "ask": _ask,
    "revoke_ask": _revoke_ask,
}


def _show_without(request: TenantRequest, found: Connection) -> HttpResponse:
    """Show a connection that gives no access; there is nothing to do with it."""
    used_by = selectors.integrations_of(request.tenant).filter(connection=found)
    used_by = used_by.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED])
    context = {"tenant": request.tenant, "chosen": found, "used_by": used_by}
    return render(request, "onboarding/no_grant.html", context)


def _show(
    request: TenantRequest, found: Connection, *, refused: str = "", permissions_form: PermissionsForm | None = None
) -> HttpResponse:
    may_connect = Right.CONNECT in request.rights
    integrations = selectors.integrations_of(request.tenant).filter(connection=found)
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "chosen": found,
        "checks": role_checks(found),
        "groups": check_groups(found.permission_report),
        "permission_report": found.permission_report,
        "used_by": integrations.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]),
        "permissions": permission_sentences(found),
        "permissions_form": permissions_form or PermissionsForm.of(found.optional_permissions),
        "shows_reading": request.GET.get("show") in READING_PERMISSIONS,
        "shows_consuming": request.GET.get("show") in CONSUMING_PERMISSIONS,
        "choices": [
            (text_of(permission.title), permission.key in found.optional_permissions.chosen)
            for permission in OPTIONAL_PERMISSIONS
        ],
        "outdated_policies": outdated_policies(found),
        "is_unreadable": grant.is_unreadable(found),
        "versions": grant.grant_versions(found),
        **progress_of(found),
        "quick_create": grant.quick_create_link(found) if may_connect and not found.is_expired else "",
        "refused": refused,
        **(ask_of(found) if may_connect else {}),
    }
    status = UNPROCESSABLE if (refused or permissions_form) and not request.htmx else 200
    return render(request, "onboarding/connection.html", context, status=status)
