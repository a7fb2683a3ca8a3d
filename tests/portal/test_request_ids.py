"""Every request has an ID: made here, or the trusted proxy's; it is in the answer and in the audit trail."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal import request_context
from portal.request_context import Origin
from portal.request_ids import RequestIds
from portal.tenancy import audit

MADE_HERE = re.compile(r"[0-9a-f]{16}")


def answer(seen: list[Origin], **headers: str) -> HttpResponse:
    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(request_context.origin())
        return HttpResponse()

    return RequestIds(view)(RequestFactory().get("/", headers=headers, REMOTE_ADDR="2001:db8::7"))


def test_it_is_made_for_each_request_and_ends_with_it() -> None:
    seen: list[Origin] = []
    ids = {answer(seen)["X-Request-ID"] for _ in range(2)}
    assert ids == {origin.request_id for origin in seen}
    assert len(ids) == 2
    assert all(MADE_HERE.fullmatch(request_id) for request_id in ids)
    assert seen[0].address == "2001:db8::7"
    assert request_context.origin() == Origin()


@pytest.mark.parametrize("is_trusted", [True, False])
def test_that_of_the_proxy_counts_where_it_is_trusted(settings, is_trusted: bool) -> None:
    settings.SLUICE_TRUST_REQUEST_ID = is_trusted
    given = "0af7651916cd43dd8448eb211c80319c"
    assert (answer([], **{"X-Request-ID": given})["X-Request-ID"] == given) is is_trusted


@pytest.mark.parametrize("given", ["short", "a" * 33, "has space 123", "line\nbreak12", "-starts-so", "ünïcode-id", ""])
def test_one_that_is_not_well_formed_is_replaced(settings, given: str) -> None:
    settings.SLUICE_TRUST_REQUEST_ID = True
    assert MADE_HERE.fullmatch(answer([], **{"X-Request-ID": given})["X-Request-ID"])


@pytest.mark.django_db
def test_the_audit_trail_has_it_with_the_address() -> None:
    with request_context.within(Origin("request-1234", "198.51.100.7")):
        event = audit.record("portal:x:y", tenant=None, actor="ada", reason="asked by phone")
    assert (event.request_id, event.address, event.reason) == ("request-1234", "198.51.100.7", "asked by phone")
    assert event.object_type == "x"
