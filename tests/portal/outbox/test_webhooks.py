"""Events reach a tenant's endpoints, signed; what the server answers decides whether they are repeated."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from portal.messages.message import Message
from portal.outbound.post import NotDelivered
from portal.outbound.signatures import headers_of
from portal.outbox import endpoints, kinds, outbox, tasks, webhooks
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import OutboxItem, OutboxState
from portal.tenancy.models import Tenant
from tests.portal.secret_store.keys import keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "keys")]
__all__ = ["keys"]
URL = "https://hooks.example/in"


class Receiver:
    """Takes the place of the network: what was posted, and what is answered."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, bytes, dict[str, str]]] = []
        self.status: int | Exception = 200

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.posted.append((url, body, headers))
        if isinstance(self.status, Exception):
            raise self.status
        return self.status


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    found = Receiver()
    monkeypatch.setattr(webhooks, "sender", lambda: found)
    return found


@pytest.fixture(autouse=True)
def north(settings: Any) -> Tenant:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    return Tenant.objects.create(slug="north", name="North")


def add(tenant: Tenant, *chosen: str) -> tuple[WebhookEndpoint, str]:
    return endpoints.add(tenant=tenant, url=URL, chosen=chosen or ("integration_ready",), created_by="ada")


def write(tenant: Tenant) -> None:
    message = Message("notification.ready", integration="sensors", tenant="North")
    outbox.write(kinds.INTEGRATION_READY, message, event="event", to=[], tenant=tenant, path="/t/north/")


def row() -> OutboxItem:
    return OutboxItem.objects.get()


def test_an_event_is_posted_once_and_signed(north: Tenant, receiver: Receiver) -> None:
    _, secret = add(north)
    add(north, "first_record")
    add(Tenant.objects.create(slug="south", name="South"))
    for _ in range(2):
        write(north)
        tasks.deliver()
    [(url, body, headers)] = receiver.posted
    assert url == URL
    event = json.loads(body)
    assert (event["type"], event["data"]["tenant"]) == ("integration_ready", "north")
    assert event["data"]["subject"] == "Integration sensors is ready"
    assert event["data"]["url"] == "https://portal.example/t/north/"
    assert headers["webhook-id"] == f"msg_{row().uid}"
    signed = headers_of(headers["webhook-id"], int(headers["webhook-timestamp"]), body, signing_secrets=[secret])
    assert headers["webhook-signature"] == signed["webhook-signature"]
    assert row().state == OutboxState.DELIVERED
    assert secret not in str(OutboxItem.objects.values()) + str(WebhookEndpoint.objects.values())


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        (302, OutboxState.WAITING, "webhook.redirected"),
        (404, OutboxState.WAITING, "webhook.answered"),
        (500, OutboxState.WAITING, "webhook.answered"),
        (410, OutboxState.FAILED, "webhook.answered"),
        (NotDelivered(Message("webhook.no_answer", limit_seconds=10)), OutboxState.WAITING, "webhook.no_answer"),
    ],
)
def test_what_is_answered_decides_whether_it_is_repeated(
    north: Tenant, receiver: Receiver, status: int | Exception, state: OutboxState, code: str
) -> None:
    receiver.status = status
    add(north)
    write(north)
    tasks.deliver()
    assert (row().state, row().attempts.get().answer.code) == (state, code)


def test_during_a_rotation_both_secrets_sign(north: Tenant, receiver: Receiver) -> None:
    endpoint, first = add(north)
    second = endpoints.rotate(endpoint)
    endpoints.send_test(WebhookEndpoint.objects.get())
    tasks.deliver()
    _, body, headers = receiver.posted[0]
    both = headers_of(headers["webhook-id"], int(headers["webhook-timestamp"]), body, signing_secrets=[second, first])
    assert headers["webhook-signature"] == both["webhook-signature"]
    WebhookEndpoint.objects.update(previous_until=Now() - timedelta(seconds=1))
    endpoints.send_test(WebhookEndpoint.objects.get())
    tasks.deliver()
    assert len(receiver.posted[1][2]["webhook-signature"].split()) == 1


def test_a_removed_endpoint_receives_nothing_more(north: Tenant, receiver: Receiver) -> None:
    endpoint, _ = add(north)
    write(north)
    endpoints.remove(endpoint)
    tasks.deliver()
    write(north)
    assert (receiver.posted, row().state) == ([], OutboxState.FAILED)
    assert not WebhookEndpoint.objects.get().secret


@pytest.mark.parametrize(
    ("url", "chosen", "field", "code"),
    [
        ("http://hooks.example", "first_record", "url", "webhook.url_not_https"),
        ("https://127.0.0.1", "first_record", "url", "webhook.url_without_name"),
        (URL, "no_such_kind", "kinds", "webhook.no_kind"),
        (URL, "invitation", "kinds", "webhook.no_kind"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(north: Tenant, url: str, chosen: str, field: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        endpoints.add(tenant=north, url=url, chosen=[chosen], created_by="ada")
    assert {name: errors[0].code for name, errors in refused.value.error_dict.items()} == {field: code}


def test_a_tenant_has_a_limit_of_endpoints_and_none_without_keys(
    north: Tenant, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    add(north)
    with pytest.raises(ValidationError, match="can have 1"):
        add(north)
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    with pytest.raises(ValidationError, match="no key to encrypt"):
        add(north)
