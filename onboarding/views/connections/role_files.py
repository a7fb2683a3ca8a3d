"""A connection's role as a file to download: for its page, and for the page of the AWS administrator."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpResponse

from onboarding.connections import grant
from onboarding.models.connection import Connection
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message

TEXT = "text/plain; charset=utf-8"
FILES: dict[str, tuple[str, Callable[[Connection], str]]] = {
    "role_template": ("sluice-access.yaml", grant.role_template),
    "role_script": ("sluice-access.sh", grant.role_script),
    "role_terraform": ("sluice-access.tf", grant.role_terraform),
}


def role_file_response(connection: Connection, form: str) -> HttpResponse:
    """Return the role in one of its forms; 410 for an expired external ID. Raises Http404 without a role."""
    if not connection.has_grant:
        raise Http404
    name, render_file = FILES[form]
    if connection.is_expired:
        expired = explanation_of(Message("connection.external_id_expired"))
        return HttpResponse(f"{expired}\n", status=HTTPStatus.GONE, content_type=TEXT)
    kind = "application/yaml" if name.endswith(".yaml") else TEXT
    response = HttpResponse(render_file(connection), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
