"""What changed of the vendor's access keys, for the vendor's pusher: a feed that is read with a cursor and a token."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from onboarding import vendor_feed
from onboarding.models.vendor_event import VendorEvent
from onboarding.views.credentials.vendor_keys import described_stream
from portal.api.answers import json_answer
from portal.api.bearer import TokenRequest, by_token
from portal.api.problems import problem
from portal.messages.message import Message
from portal.tenancy.rights import Right

_AFTER = "after"


@by_token(Right.VENDOR_KEYS)
def vendor_events(request: TokenRequest) -> HttpResponse:
    """Return the events after a cursor, oldest first; without one none, and the cursor of now."""
    tenant_id, after = request.token.tenant_id, request.GET.get(_AFTER)
    if after is None:
        return json_answer(request, _page(vendor_feed.Page([], vendor_feed.newest_cursor(tenant_id), has_more=False)))
    try:
        return json_answer(request, _page(vendor_feed.events_after(after, tenant_id)))
    except vendor_feed.CursorNotValid:
        return problem(400, Message("api.cursor_unknown"))
    except vendor_feed.CursorGone:
        return problem(410, Message("api.cursor_gone"))


def _page(page: vendor_feed.Page) -> dict[str, Any]:
    return {
        "events": [_described(event) for event in page.events],
        "cursor": page.cursor,
        "next": f"{reverse('vendor_events')}?{_AFTER}={page.cursor}",
        "has_more": page.has_more,
    }


def _described(event: VendorEvent) -> dict[str, Any]:
    return {
        "id": event.uid,
        "type": event.kind,
        "at": event.created_at.isoformat(),
        "key": _key(event) if event.key_uid else None,
        "facts": event.facts,
        **described_stream(event.integration),
    }


def _key(event: VendorEvent) -> dict[str, str]:
    url = reverse("vendor_key", kwargs={"uid": event.key_uid})
    return {"id": event.key_uid, "url": url, "access_key_id": event.access_key_id}
