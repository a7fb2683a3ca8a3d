"""The access keys that are encrypted for the vendor, for the vendor's pusher: listed, and fetched by token."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from portal.api.answers import is_sent, json_answer
from portal.api.bearer import TokenRequest, by_token
from portal.api.problems import problem
from portal.messages.message import Message
from portal.sent_answers import after_sent
from portal.tenancy import tokens
from portal.tenancy.rights import Right

MOST_LISTED = 100
_BEFORE = "before"


@by_token(Right.VENDOR_KEYS)
def vendor_keys(request: TokenRequest) -> HttpResponse:
    """List the keys that can be fetched, newest first; `next` is the address of the following ones."""
    copies = _copies(request)
    if before := request.GET.get(_BEFORE):
        last = SealedCopy.objects.filter(uid=before).values_list("pk", flat=True).first()
        if last is None:
            return problem(400, Message("api.cursor_unknown"))
        copies = copies.filter(pk__lt=last)
    found = list(copies[: MOST_LISTED + 1])
    listed, more = found[:MOST_LISTED], found[MOST_LISTED:]
    following = f"{reverse('vendor_keys')}?{_BEFORE}={listed[-1].uid}" if more else None
    return json_answer(request, {"keys": [_described(copy) for copy in listed], "next": following})


@by_token(Right.VENDOR_KEYS)
def vendor_key(request: TokenRequest, uid: str) -> HttpResponse:
    """Return one key with its ciphertext, and record the first time that it was sent to its last byte."""
    copies = SealedCopy.objects.filter(audience=SealedCopy.Audience.VENDOR).exclude(credential__state__in=_NOT_YET)
    copy = get_object_or_404(_of_token(request, copies.select_related(*_RELATED)), uid=uid)
    if Right.VENDOR_KEYS not in tokens.rights_of_token(request.token, copy.credential.integration.tenant):
        raise Http404
    try:
        download.check(copy)
    except ValidationError:
        return problem(410, Message("api.key_withdrawn"))
    response = json_answer(request, {**_described(copy), "ciphertext": copy.ciphertext})
    if is_sent(response, request):
        after_sent(request, response, partial(download.record_fetch, copy=copy, token=request.token))
    return response


_NOT_YET = (CredentialState.INTENT, CredentialState.SEALED, CredentialState.PROVED)
_RELATED = ("credential__integration__tenant", "credential__integration__connection")


def _copies(request: TokenRequest) -> QuerySet[SealedCopy]:
    return _of_token(request, credentials_selectors.sealed_copies(audience=SealedCopy.Audience.VENDOR))


def _of_token(request: TokenRequest, copies: QuerySet[SealedCopy]) -> QuerySet[SealedCopy]:
    tenant = request.token.tenant_id
    return copies.filter(credential__integration__tenant=tenant) if tenant else copies


def described_stream(integration: Integration) -> dict[str, Any]:
    """Return what a key is for: the integration, its tenant, and the data stream."""
    connection = integration.connection
    return {
        "integration": {"id": integration.uid, "name": integration.name},
        "tenant": {"slug": integration.tenant.slug, "name": integration.tenant.name},
        "stream": {
            "name": integration.stream_name,
            "region": integration.region,
            "account_id": connection.account_id if connection else None,
        },
    }


def _described(copy: SealedCopy) -> dict[str, Any]:
    credential = copy.credential
    return {
        "id": copy.uid,
        "url": reverse("vendor_key", kwargs={"uid": copy.uid}),
        "access_key_id": credential.access_key_id,
        "state": credential.state,
        "created_at": credential.created_at.isoformat(),
        "fingerprint": copy.fingerprint,
        "sha256": copy.sha256,
        **described_stream(credential.integration),
    }
