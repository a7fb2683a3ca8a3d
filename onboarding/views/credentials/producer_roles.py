"""The roles that the vendor assumes to send records, for the vendor's sender: listed, and reported on, by token."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from onboarding.integrations import producer_reports
from onboarding.models.producer_role import ProducerRole
from onboarding.models.states import ProducerRoleState
from onboarding.spec import integration_spec as specs
from onboarding.views.credentials import report_bodies
from portal.api.answers import json_answer
from portal.api.bearer import TokenRequest, by_token
from portal.api.problems import problem
from portal.messages.errors import source_of
from portal.messages.message import Message
from portal.tenancy import tokens
from portal.tenancy.rights import Right

MOST_LISTED = 100
_BEFORE = "before"
_RELATED = ("integration__tenant", "integration__connection")


@by_token(Right.PRODUCER_ROLES)
def producer_roles(request: TokenRequest) -> HttpResponse:
    """List the roles that exist, newest first; `next` is the address of the following ones."""
    roles = _of_token(request).exclude(state=ProducerRoleState.RETIRED).order_by("-pk")
    if before := request.GET.get(_BEFORE):
        last = ProducerRole.objects.filter(uid=before).values_list("pk", flat=True).first()
        if last is None:
            return problem(HTTPStatus.BAD_REQUEST, Message("api.cursor_unknown"))
        roles = roles.filter(pk__lt=last)
    found = list(roles[: MOST_LISTED + 1])
    listed, more = found[:MOST_LISTED], found[MOST_LISTED:]
    following = f"{reverse('producer_roles')}?{_BEFORE}={listed[-1].uid}" if more else None
    return json_answer(request, {"roles": [_described(role) for role in listed], "next": following})


@by_token(Right.PRODUCER_ROLES)
def producer_role(request: TokenRequest, uid: str) -> HttpResponse:
    """Return one role."""
    role = _role(request, uid)
    if role.state == ProducerRoleState.RETIRED:
        return problem(HTTPStatus.GONE, Message("producer_role.withdrawn"))
    return json_answer(request, _described(role))


@by_token(Right.PRODUCER_ROLES, methods=("POST",))
def producer_role_report(request: TokenRequest, uid: str) -> HttpResponse:
    """Keep what the sender reports of a role, and return the role as it is then."""
    role = _role(request, uid)
    report = report_bodies.report_in(report_bodies.body_of(request))
    if report is None:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, Message("api.report_invalid"))
    try:
        kept = producer_reports.report_role(role=role, report=report, token=request.token)
    except ValidationError as refused:
        return _refused(refused)
    return json_answer(request, _described(kept))


def _of_token(request: TokenRequest) -> QuerySet[ProducerRole]:
    rows = ProducerRole.objects.select_related(*_RELATED)
    tenant = request.token.tenant_id
    return rows.filter(integration__tenant=tenant) if tenant else rows


def _role(request: TokenRequest, uid: str) -> ProducerRole:
    role = get_object_or_404(_of_token(request), uid=uid)
    if Right.PRODUCER_ROLES not in tokens.rights_of_token(request.token, role.integration.tenant):
        raise Http404
    return role


def _refused(refused: ValidationError) -> HttpResponse:
    message = source_of(refused)
    gone = message.code == "producer_role.withdrawn"
    return problem(HTTPStatus.GONE if gone else HTTPStatus.UNPROCESSABLE_ENTITY, message)


def _described(role: ProducerRole) -> dict[str, Any]:
    integration = role.integration
    spec = specs.from_row(integration.spec)
    return {
        "id": role.uid,
        "url": reverse("producer_role", kwargs={"uid": role.uid}),
        "role_arn": role.arn,
        "external_id": str(integration.producer_external_id),
        "state": role.state,
        "is_wanted": spec.is_by_role,
        "created_at": role.created_at.isoformat(),
        "reported_at": role.reported_at.isoformat() if role.reported_at else None,
        "integration": {"id": integration.uid, "name": integration.name},
        "tenant": {"slug": integration.tenant.slug, "name": integration.tenant.name},
        "stream": {
            "name": spec.stream.name,
            "region": spec.stream.region,
            "account_id": integration.connection.account_id if integration.connection else None,
            "endpoint": spec.stream.endpoint_url,
        },
    }
