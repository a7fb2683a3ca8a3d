"""Page 1: choose or create a connection, download the role's template, and verify the role."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import administrator_links, check_requests, creation, grant
from onboarding.drafts import services as drafts
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState
from onboarding.views import page
from onboarding.views.connections.ask import ask_of
from onboarding.views.connections.check_progress import finished_check, progress_of
from onboarding.views.connections.role import permission_sentences, role_checks
from onboarding.views.page import show, typed, wants
from onboarding.wizard import pages
from onboarding.wizard.forms.account import AccountForm, PermissionsForm, RoleForm
from portal import rate_limits
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest

KEY = "connect"
NEW = "new"
SELF_MANAGED = "self-managed"
TEMPLATE_NAME = "sluice-access.yaml"
DEFAULT_CHOICE = {f"allow_{key}": "on" for key in DEFAULT_PERMISSIONS.chosen}


def connect_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """Show the page, or do what was requested: start, verify, keep, back, next."""
    if request.method != "POST":
        finished = finished_check(request, pages.connection_of(integration))
        return finished or show(request, integration, KEY, _context(integration))
    drafts.save_page(integration=integration, page=KEY, values=_typed(request, integration), turn=page.turn_of(request))
    do = wants(request)
    if do == SELF_MANAGED and _wants_new(integration):
        return _start(request, integration, has_grant=False)
    if do == "back":
        return page.leave(integration, KEY, -1)
    if do == "keep":
        return _answer(request, integration)
    if _wants_new(integration):
        return _start(request, integration)
    if do in _ASKING:
        return _ask(request, integration, do)
    return _verify(request, integration) if do == "verify" else _next(request, integration)


def _typed(request: TenantRequest, integration: Integration) -> dict[str, Any]:
    # A page that was shown without one of its parts must not wipe what was typed there.
    values = {**pages.values_of(integration, KEY), **typed(request, KEY)}
    choice = values.get("choice", NEW)
    return {**values, "connection": "" if choice == NEW else choice}


def _wants_new(integration: Integration) -> bool:
    return str(pages.values_of(integration, KEY).get("choice", NEW)) == NEW


def _start(request: TenantRequest, integration: Integration, *, has_grant: bool = True) -> HttpResponse:
    values = {**DEFAULT_CHOICE, **pages.values_of(integration, KEY)}
    form, permissions = AccountForm(values), PermissionsForm(values if has_grant else DEFAULT_CHOICE)
    if not (form.is_valid() and permissions.is_valid()):
        return _refuse(request, integration, account_form=form, permissions_form=permissions)
    if not has_grant and (known := _known(integration, form)):
        return _chosen(integration, known)
    try:
        connection = creation.start_connection(
            tenant=request.tenant,
            actor=request.user,
            optional=permissions.optional,
            has_grant=has_grant,
            **form.cleaned_data,
        )
    except ValidationError as refused:
        _spread(refused, form, permissions)
        return _refuse(request, integration, account_form=form, permissions_form=permissions)
    return _chosen(integration, connection)


def _known(integration: Integration, form: AccountForm) -> Connection | None:
    """Return the connection without access that a first click has just created."""
    return integration.tenant.connections.filter(**form.cleaned_data, state=ConnectionState.NO_ACCESS).first()


def _chosen(integration: Integration, connection: Connection) -> HttpResponse:
    chosen = {"choice": connection.uid, "connection": connection.uid, "name": "", "account_id": "", "role_arn": ""}
    drafts.save_page(integration=integration, page=KEY, values=chosen)
    return page.stay(integration, KEY) if connection.has_grant else page.leave(integration, KEY, +1)


def _verify(request: TenantRequest, integration: Integration) -> HttpResponse:
    connection = pages.connection_of(integration)
    if connection is None or not connection.has_grant:
        return _next(request, integration)
    form = RoleForm(pages.values_of(integration, KEY), account_id=connection.account_id)
    if not form.is_valid():
        return _refuse(request, integration, role_form=form)
    rate_limits.use(rate_limits.VERIFICATIONS, tenant=request.tenant, user=request.user)
    try:
        check_requests.request_trust_test(
            connection=connection, role_arn=form.cleaned_data["role_arn"], actor=request.user
        )
    except ValidationError as refused:
        _spread(refused, form)
        return _refuse(request, integration, role_form=form)
    return _answer(request, integration)


def _ask(request: TenantRequest, integration: Integration, do: str) -> HttpResponse:
    connection = pages.connection_of(integration)
    if connection is None or not connection.has_grant:
        return _next(request, integration)
    rate_limits.use(rate_limits.INVITATIONS, tenant=request.tenant, user=request.user)
    try:
        _ASKING[do](connection=connection, actor=request.user)
    except ValidationError as refused:
        form = RoleForm(pages.values_of(integration, KEY), account_id=connection.account_id)
        _spread(refused, form)
        return _refuse(request, integration, role_form=form)
    return page.stay(integration, KEY)


_ASKING: dict[str, Callable[..., object]] = {
    "ask": administrator_links.create,
    "revoke_ask": administrator_links.revoke,
}


def _next(request: TenantRequest, integration: Integration) -> HttpResponse:
    connection = pages.connection_of(integration)
    if connection is not None and (not connection.has_grant or connection_status(connection).is_verified):
        return page.leave(integration, KEY, +1)
    form = RoleForm(pages.values_of(integration, KEY), account_id=connection.account_id if connection else "")
    form.add_error(None, _("Verify the role first. Without it Sluice cannot check whether names are available."))
    return _refuse(request, integration, role_form=form)


def _answer(request: TenantRequest, integration: Integration) -> HttpResponse:
    if request.htmx and request.htmx.target != "wizard":
        return page.show_live(request, integration, KEY, {})
    if request.htmx:
        return show(request, integration, KEY, _context(integration))
    return page.stay(integration, KEY)


def _refuse(request: TenantRequest, integration: Integration, **forms: Form) -> HttpResponse:
    return show(request, integration, KEY, {**_context(integration), **forms}, refused=True)


def _spread(refused: ValidationError, form: Form, *others: Form) -> None:
    by_field = refused.message_dict if hasattr(refused, "error_dict") else {"__all__": refused.messages}
    for field, sentences in by_field.items():
        goal = field if field in form.fields else "name" if "name" in form.fields and field == "__all__" else None
        owner = next((other for other in others if field in other.fields), None)
        for sentence in sentences:
            if owner is not None:
                owner.add_error(field, sentence)
            else:
                form.add_error(goal, sentence)


def _context(integration: Integration) -> dict[str, Any]:
    values = pages.values_of(integration, KEY)
    connections = list(integration.tenant.connections.all())
    connection = None if values.get("choice") == NEW else pages.connection_of(integration)
    choice = connection.uid if connection else values.get("choice", NEW if not connections else "")
    shared = {
        "connections": connections,
        "chosen": connection,
        "choice": choice,
        "account_form": AccountForm(initial=values),
        "permissions_form": PermissionsForm(initial={**DEFAULT_CHOICE, **values}),
        "role_form": None,
    }
    if connection is not None and not connection.has_grant:
        return {**shared, "is_verified": True, "spaced_account": in_fours(connection.account_id)}
    return {**shared, **_grant(connection, values)} if connection else shared


def _grant(connection: Connection, values: dict[str, Any]) -> dict[str, Any]:
    role_arn = values.get("role_arn") or connection.role_arn or connection.usual_role_arn
    return {
        "role_form": RoleForm(initial={"role_arn": role_arn}, account_id=connection.account_id),
        "template": grant.role_template(connection),
        "template_name": TEMPLATE_NAME,
        "deploy_command": _deploy_command(connection),
        "quick_create": grant.quick_create_link(connection),
        "permissions": permission_sentences(connection),
        "checks": role_checks(connection),
        **progress_of(connection),
        **ask_of(connection),
        "is_verified": connection_status(connection).is_verified,
        "spaced_account": in_fours(connection.account_id),
    }


def _deploy_command(connection: Connection) -> str:
    stack = grant.grant_of(connection).stack_name
    return (
        f"aws cloudformation deploy --stack-name {stack} --template-file {TEMPLATE_NAME} "
        "--capabilities CAPABILITY_NAMED_IAM"
    )
