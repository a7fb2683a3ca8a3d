"""The simulated building fetches its keys as any pusher of a vendor does: with its token, by what docs/api.md has."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client

from onboarding.models.credential import Credential
from onboarding.models.states import CredentialState
from onboarding.views.credentials import vendor_keys
from portal.demo.building import pickup
from portal.demo.building.sender import Stream
from portal.demo.building.vendor_api import Answer, PortalUnavailable, VendorApi, over_http
from portal.local.ports import free_port
from portal.openpgp.certificates import inspect
from portal.openpgp.encrypt import encrypt
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, AuditEvent, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.portal.api.programs import program
from tests.world import Keypair, vendor_keypair

__all__ = ["vendor_keypair"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ANSWERED = {"AccessKey": {"AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "the secret"}}


class Requests:
    """Requests to the portal of this test; the status of each answer is kept."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    def __call__(self, path: str, headers: Mapping[str, str]) -> Answer:
        answer = Client().get(path, headers=dict(headers))
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
    assert pickup.waiting(portal) == [found]
    Credential.objects.update(state=CredentialState.REVOKED)
    assert pickup.waiting(portal) == []
    assert requests.statuses == [200, 304, 200]


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
