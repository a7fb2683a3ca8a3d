"""The simulated building fetches its keys as any pusher of a vendor does: with its token, by what docs/api.md has."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client

from onboarding import vendor_feed
from onboarding.models.credential import Credential
from onboarding.models.states import CredentialState
from onboarding.models.vendor_event import VendorEvent
from onboarding.vendor_feed import Kind, publish
from onboarding.views.credentials import vendor_keys
from portal.demo.building import pickup
from portal.demo.building.sender import Stream
from portal.demo.building.vendor_api import KEYS, Answer, News, PortalUnavailable, VendorApi, over_http
from portal.local.ports import free_port
from portal.openpgp.certificates import inspect
from portal.openpgp.encrypt import encrypt
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, AuditEvent, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.onboarding.feed import commit
from tests.portal.api.programs import program
from tests.world import Keypair, vendor_keypair

__all__ = ["vendor_keypair"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ANSWERED = {"AccessKey": {"AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "the secret"}}


class Requests:
    """Requests to the portal of this test; the status of each answer is kept."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.fails = "nothing"

    def __call__(self, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if path.startswith(self.fails):
            raise PortalUnavailable(path)
        client, given = Client(), {"headers": dict(headers)}
        if body is None:
            answer = client.get(path, **given)
        else:
            answer = client.post(path, body, content_type="application/json", **given)
        self.statuses.append(answer.status_code)
        return Answer(answer.status_code, answer.get("ETag", ""), answer.content)


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
def portal(requests: Requests) -> VendorApi:
    return VendorApi(program().text, requests)


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North Tower")


def test_the_newest_key_of_each_integration_is_waiting(portal: VendorApi, north: Tenant, requests: Requests) -> None:
    integration = integration_of(north)
    key(integration)
    newest = key(integration, attempt=2)
    [found] = pickup.waiting(portal)
    assert (found.uid, found.integration_uid, found.building) == (newest.uid, integration.uid, "North Tower")
    assert found.stream == Stream("sluice-harbour", "eu-west-1", "111122223333")
    Credential.objects.update(state=CredentialState.REVOKED)
    assert pickup.waiting(portal) == []


def test_nothing_new_is_one_request_and_a_new_or_revoked_key_is_seen(
    portal: VendorApi, north: Tenant, requests: Requests
) -> None:
    first = key(integration_of(north))
    followed = pickup.Pickup(portal)

    def seen() -> list[str] | None:
        commit()
        requests.statuses.clear()
        found = followed.changed()
        return None if found is None else [delivery.uid for delivery in found]

    assert seen() == [first.uid]
    assert seen() is None
    assert requests.statuses == [304]
    rotated = key(first.credential.integration, attempt=2)
    publish(Kind.ROTATED, rotated.credential.integration, credential=rotated.credential)
    assert seen() == [rotated.uid]
    assert requests.statuses == [200, 200]
    Credential.objects.update(state=CredentialState.REVOKED)
    publish(Kind.REVOKED, rotated.credential.integration, credential=rotated.credential)
    assert seen() == []
    assert seen() is None
    assert seen() is None
    assert requests.statuses == [304]


def test_a_feed_that_was_replaced_is_begun_again_and_a_failed_list_is_repeated(
    portal: VendorApi, north: Tenant, requests: Requests
) -> None:
    copy = key(integration_of(north))
    publish(Kind.READY, copy.credential.integration, credential=copy.credential)
    commit()
    followed = pickup.Pickup(portal)
    assert followed.changed() is not None
    VendorEvent.objects.update(uid="000000000000")
    assert [delivery.uid for delivery in followed.changed() or []] == [copy.uid]
    assert requests.statuses[-3:] == [410, 200, 200]
    assert followed.changed() is None
    requests.fails = KEYS
    publish(Kind.READY, copy.credential.integration, credential=copy.credential)
    commit()
    with pytest.raises(PortalUnavailable):
        followed.changed()
    requests.fails = "nothing"
    assert [delivery.uid for delivery in followed.changed() or []] == [copy.uid]
    followed.try_again()
    assert followed.changed() is not None


def test_many_events_are_read_page_by_page(
    portal: VendorApi, north: Tenant, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor_feed, "MOST_ON_A_PAGE", 2)
    integration = integration_of(north)
    assert portal.news() == News([], is_complete=False)
    for number in range(5):
        publish(Kind.TEST_REQUESTED, integration, number=str(number))
    commit()
    news = portal.news()
    assert [event["facts"]["number"] for event in news.events] == ["0", "1", "2", "3", "4"]
    assert portal.news() == News([], is_complete=True)


def test_every_page_of_the_list_is_read(portal: VendorApi, north: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_keys, "MOST_LISTED", 2)
    copies = [key(integration_of(north, f"floor-{number}")) for number in range(5)]
    for _ in range(2):
        assert [found.uid for found in pickup.waiting(portal)] == [copy.uid for copy in reversed(copies)]


def test_a_key_is_fetched_and_decrypted(
    portal: VendorApi, north: Tenant, vendor_keypair: Keypair, tmp_path: Path
) -> None:
    private_key = tmp_path / "private.asc"
    private_key.write_text(vendor_keypair.private_key)
    found = inspect(vendor_keypair.certificate.encode())
    message = encrypt(json.dumps(ANSWERED).encode(), certificate=found.armored, fingerprint=found.fingerprint)
    copy = key(integration_of(north), ciphertext=message.ciphertext)
    opened = pickup.collect(portal, copy.uid, private_key=private_key)
    assert (opened.credentials.access_key_id, opened.credentials.secret_access_key) == ("AKIAEXAMPLE", "the secret")
    assert "the secret" not in repr(opened)
    assert AuditEvent.objects.filter(action="onboarding:credential:fetched", actor="pusher@vendor.example").count() == 1


def test_without_a_token_or_a_portal_there_is_nothing(portal: VendorApi, north: Tenant) -> None:
    key(integration_of(north))
    tokens.revoke(token=ApiToken.objects.get(), actor="command line")
    with pytest.raises(PortalUnavailable, match="answered 401"):
        pickup.waiting(portal)
    nowhere = VendorApi("", over_http(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(PortalUnavailable, match="ConnectionRefusedError"):
        pickup.waiting(nowhere)
