"""What the vendor's sender reports of the access keys that are encrypted for it, by token."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from onboarding.integrations import producer_reports, rejected_records
from onboarding.models.credential import Credential, SealedCopy
from onboarding.views.credentials import report_bodies
from portal.api.answers import json_answer
from portal.api.bearer import TokenRequest, by_token
from portal.api.problems import problem
from portal.messages.errors import source_of
from portal.messages.message import Message
from portal.tenancy import tokens
from portal.tenancy.rights import Right

_WITHDRAWN = Message("api.key_withdrawn")


@by_token(Right.VENDOR_KEYS, methods=("POST",))
def vendor_key_in_use(request: TokenRequest, uid: str) -> HttpResponse:
    """Note that the sender sends with an access key now."""
    copy = _copy(request, uid)
    sent = report_bodies.record_in(report_bodies.body_of(request))
    if sent is None:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, Message("api.record_invalid"))
    credential: Credential = copy.credential
    try:
        producer_reports.report_key_in_use(credential=credential, sent=sent, token=request.token)
    except ValidationError:
        return problem(HTTPStatus.GONE, _WITHDRAWN)
    return json_answer(request, {"id": copy.uid, "state": "in_use"})


@by_token(Right.VENDOR_KEYS, methods=("POST",))
def vendor_key_rejected(request: TokenRequest, uid: str) -> HttpResponse:
    """Keep from which addresses the sender's records were rejected, and return those outside of its networks."""
    copy = _copy(request, uid)
    rejections = report_bodies.rejections_in(report_bodies.body_of(request))
    if rejections is None:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, Message("api.rejections_invalid"))
    try:
        found = rejected_records.report(credential=copy.credential, rejections=rejections, token=request.token)
    except ValidationError as refused:
        message = source_of(refused)
        is_open = message.code == "key_address.networks_not_published"
        return problem(HTTPStatus.CONFLICT, message) if is_open else problem(HTTPStatus.GONE, _WITHDRAWN)
    return json_answer(request, {"id": copy.uid, "unexpected": found})


def _copy(request: TokenRequest, uid: str) -> SealedCopy:
    copies = SealedCopy.objects.filter(audience=SealedCopy.Audience.VENDOR)
    copies = copies.select_related("credential__integration__tenant", "credential__integration__connection")
    copy = get_object_or_404(copies, uid=uid)
    if Right.VENDOR_KEYS not in tokens.rights_of_token(request.token, copy.credential.integration.tenant):
        raise Http404
    return copy
