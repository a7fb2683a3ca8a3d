"""An admin adds, tests, rotates and removes webhook endpoints; the audit trail has each act, a secret is shown once."""

import re
from typing import Any

import pytest
from django.test import Client

from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent, Tenant
from tests.portal.secret_store.keys import keys
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "keys")]
__all__ = ["keys"]
PAGE = "/t/north/webhooks/"


@pytest.fixture
def browser(settings: Any, tmp_path: Any, client: Client) -> Client:
    settings.STATIC_ROOT = tmp_path
    client.force_login(person("ada@north.example", Tenant.objects.create(slug="north", name="North")))
    return client


def secrets_on(page: Any) -> list[str]:
    return re.findall(r"whsec_[\w+/=]+", page.content.decode())


def test_an_endpoint_lives_and_ends(browser: Client) -> None:
    added = browser.post(PAGE, {"url": "https://hooks.example/in", "kinds": ["first_record", "key_expires"]})
    [secret] = secrets_on(added)
    endpoint = WebhookEndpoint.objects.get()
    at = f"{PAGE}{endpoint.uid}/"
    assert "https://hooks.example/in" in browser.get(PAGE).content.decode()
    assert secrets_on(browser.get(at)) == []
    assert "The test is sent." in browser.post(at, {"do": "test"}, follow=True).content.decode()
    assert OutboxItem.objects.get().endpoint == endpoint
    assert secrets_on(browser.post(at, {"do": "rotate"})) not in ([], [secret])
    assert browser.post(at, {"do": "anything"}).status_code == 404
    assert "Endpoint removed." in browser.post(at, {"do": "remove"}, follow=True).content.decode()
    assert browser.get(at).status_code == 404
    trail = AuditEvent.objects.filter(action__startswith="outbox:webhook:").order_by("pk")
    assert [event.action.rpartition(":")[2] for event in trail] == ["added", "tested", "secret-rotated", "removed"]
    assert {(event.actor, event.target) for event in trail} == {("ada@north.example", "https://hooks.example/in")}
    assert secret not in str(AuditEvent.objects.values())


def test_what_is_wrong_is_said_at_its_field(browser: Client) -> None:
    answer = browser.post(PAGE, {"url": "https://127.0.0.1/", "kinds": ["first_record"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "no host name of the Internet" in page
    assert 'value="https://127.0.0.1/"' in page
    assert re.search(r'value="first_record"\s+checked', page)
    assert "Choose at least one event." in browser.post(PAGE, {"url": "https://hooks.example"}).content.decode()
    assert not WebhookEndpoint.objects.exists()
