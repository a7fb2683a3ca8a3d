"""The page behind a link for the AWS administrator of a client, who has no account here: create the role, verify it.

The address is the only credential: no cookie is read or set, so a form needs no token against forgery, and there is no
session that another site could use.
"""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.middleware import HtmxDetails

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import administrator_links, grant
from onboarding.models.connection import Connection
from onboarding.views.connections.check_progress import progress_of
from onboarding.views.connections.role import permission_sentences, role_checks
from onboarding.views.connections.role_files import role_file_response
from onboarding.views.page import UNPROCESSABLE
from onboarding.wizard.forms.account import RoleForm
from portal import rate_limits
from portal.messages.message import Message
from portal.numbers import in_fours
from portal.tenancy import expiring_links
from portal.tenancy.models import ExpiringLink, LinkPurpose

_PURPOSE = LinkPurpose.AWS_ADMINISTRATOR
_PAGE = "onboarding/administrator.html"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@expiring_links.of_link
def administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Show who asks, what the role may do, its files and the result of its test; POST requests the test."""
    link, connection = _found(token)
    ended = expiring_links.end_of(link)
    if ended and not link.used_at:
        return _page({"ended": ended, "asker": link.created_by}, HTTPStatus.GONE)
    if ended:
        return _show(request, link, connection)
    try:
        link = expiring_links.open_link(token=token, purpose=_PURPOSE)
    except ValidationError:  # it has ended since it was read, most often because the role was just verified
        return _show(request, *_found(token))
    if request.method != "POST" or connection.is_expired:
        return _show(request, link, connection)
    rate_limits.use_link(rate_limits.VERIFICATIONS, tenant=link.tenant, link_id=link.pk)
    return _verify(request, link, connection)


@require_safe
@expiring_links.of_link
def administrator_file(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """Send the role in one of its forms as a file; 410 once the link or the external ID has ended."""
    link, connection = _found(token)
    if expiring_links.end_of(link):
        return _page({"ended": expiring_links.end_of(link), "asker": link.created_by}, HTTPStatus.GONE)
    response = role_file_response(connection, form)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _found(token: str) -> tuple[ExpiringLink, Connection]:
    try:
        link = expiring_links.find_link(token=token, purpose=_PURPOSE)
        return link, administrator_links.connection_of(link)
    except (ExpiringLink.DoesNotExist, Connection.DoesNotExist):
        raise Http404 from None


def _verify(request: HttpRequest, link: ExpiringLink, connection: Connection) -> HttpResponse:
    is_retry = request.POST.get("do") == "retry"
    role_arn = connection.role_arn if is_retry else request.POST.get("role_arn", "").strip()
    form = RoleForm({"role_arn": role_arn}, account_id=connection.account_id)
    if not form.is_valid():
        return _show(request, link, connection, form=form)
    if is_retry and not connection_status(connection).is_propagating:
        return _show(request, link, connection)
    try:
        administrator_links.verify(link=link, connection=connection, role_arn=role_arn, is_quiet=is_retry)
    except ValidationError as refused:
        form.add_error("role_arn", " ".join(refused.messages))
        return _show(request, link, connection, form=form)
    if HtmxDetails(request):
        return _show(request, link, connection)
    return HttpResponseRedirect(f"{request.path}#result")


def _show(
    request: HttpRequest, link: ExpiringLink, connection: Connection, *, form: RoleForm | None = None
) -> HttpResponse:
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    asker = administrator_links.asker_of(link)
    is_done = link.used_at is not None
    usual = connection.role_arn or connection.usual_role_arn
    context: dict[str, Any] = {
        "link": link,
        "here": request.path,
        "query": request.GET,
        "asker": asker.get_full_name() if asker else link.created_by,
        "asker_email": link.created_by,
        "tenant_name": link.tenant.name,
        "vendor_name": settings.SLUICE_VENDOR_NAME,
        "is_demo": settings.SLUICE_DEMO,
        "chosen": connection,
        "is_done": is_done,
        "spaced_account": in_fours(connection.account_id),
    }
    if not is_done:
        context |= {
            "status": connection_status(connection),
            "checks": role_checks(connection),
            "permissions": permission_sentences(connection),
            "role_form": form or RoleForm(initial={"role_arn": usual}, account_id=connection.account_id),
            "quick_create": "" if connection.is_expired else grant.quick_create_link(connection),
            "files": [(name, kind, reverse(at, kwargs={"token": token})) for at, name, kind in _FILES],
            **progress_of(connection),
        }
    return _page(context, UNPROCESSABLE if form else HTTPStatus.OK)


_FILES = (
    ("administrator_template", "sluice-access.yaml", "CloudFormation"),
    ("administrator_script", "sluice-access.sh", "AWS CLI"),
    ("administrator_terraform", "sluice-access.tf", "Terraform"),
)


def _page(context: dict[str, Message | Any], status: int) -> HttpResponse:
    """Render without the request, so that no cookie is set: not even that of a form."""
    response = HttpResponse(render_to_string(_PAGE, context), status=status)
    # The address itself is the secret.
    response["Referrer-Policy"] = "no-referrer"
    return response
