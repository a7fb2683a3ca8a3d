"""An admin adds, tests, rotates and removes webhook endpoints; the audit trail has each act, a secret is shown once."""

import re
from typing import Any

import pytest
from django.test import Client

from portal import live
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent, Tenant, TenantRole
from tests.portal.outbound.test_chat import SLACK
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
    assert "Endpoint removed." in browser.post(at, {"do": "remove", "reason": "Moved."}, follow=True).content.decode()
    assert browser.get(at).status_code == 404
    trail = AuditEvent.objects.filter(action__startswith="outbox:webhook:").order_by("pk")
    assert [event.action.rpartition(":")[2] for event in trail] == ["added", "tested", "secret-rotated", "removed"]
    assert {(event.actor, event.target) for event in trail} == {("ada@north.example", "https://hooks.example")}
    assert trail.last().reason == "Moved."
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


def test_a_secret_that_is_shown_once_is_kept_nowhere(browser: Client) -> None:
    """A browser's form is answered by a redirect to a kept page, except where the page shows a secret."""
    as_browser = {"sec-fetch-mode": "navigate", "referer": f"http://testserver{PAGE}"}
    form = {"url": "https://hooks.example/in", "kinds": ["first_record"]}
    answer = browser.post(PAGE, form, headers=as_browser)
    assert (answer.status_code, len(secrets_on(answer))) == (200, 1)
    assert not list(live.connect().scan_iter("refused:*"))
    assert browser.post(PAGE, {"url": "x"}, headers=as_browser).status_code == 303


def test_who_may_only_view_sees_the_host_of_an_endpoint_alone(browser: Client) -> None:
    browser.post(PAGE, {"url": "https://hooks.example/in?key=k3yOfTheHook", "kinds": ["first_record"]})
    client, vera = Client(), person("vera@north.example", Tenant.objects.get(), TenantRole.VIEWER)
    client.force_login(vera)
    page = client.get("/t/north/activity/").content.decode()
    assert "https://hooks.example" in page
    assert "k3yOfTheHook" not in page


def test_a_new_secret_without_a_file_of_keys_is_refused(browser: Client, settings: Any) -> None:
    browser.post(PAGE, {"url": "https://hooks.example/in", "kinds": ["first_record"]})
    at = f"{PAGE}{WebhookEndpoint.objects.get().uid}/"
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    assert browser.post(at, {"do": "rotate"}).status_code == 302


def test_a_chat_lives_and_its_address_is_shown_nowhere(browser: Client) -> None:
    chat = {"do": "chat", "service": "slack", "address": SLACK, "kinds": ["alert_opened"]}
    pages = [browser.post(PAGE, chat, follow=True)]
    endpoint = WebhookEndpoint.objects.get()
    at = f"{PAGE}{endpoint.uid}/"
    assert browser.post(at, {"do": "rotate"}).status_code == 404
    pages += [browser.get(PAGE), browser.get(at), browser.post(at, {"do": "test"}, follow=True)]
    pages += [browser.post(PAGE, {**chat, "kinds": []}), browser.post(PAGE, {**chat, "service": "teams"})]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 422, 422]
    assert "Choose at least one event." in pages[4].content.decode()
    assert "This is not the address of a workflow of Microsoft Teams." in pages[5].content.decode()
    assert all("Slack" in page.content.decode() for page in pages)
    assert not any("TIiajkd" in page.content.decode() for page in pages)
    browser.post(at, {"do": "remove", "reason": "Moved."})
    assert "TIiajkd" not in str(AuditEvent.objects.values())
    assert AuditEvent.objects.filter(target="https://hooks.slack.com").count() == 3
