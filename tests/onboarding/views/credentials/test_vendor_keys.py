"""The vendor's pusher: lists the keys that are encrypted for the vendor, fetches each, and sees nothing else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onboarding.models.credential import Download, SealedCopy
from onboarding.models.states import CredentialState
from onboarding.views.credentials import vendor_keys
from portal.tenancy.models import AuditEvent, StaffRole, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.portal.api.programs import KEYS, Program, code_of, program
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def pusher() -> Program:
    return program()


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def fetched() -> list[tuple[str, str]]:
    events = AuditEvent.objects.filter(action="onboarding:credential:fetched")
    return [(event.actor, event.details["token"]) for event in events]


def test_a_key_is_listed_and_fetched(pusher: Program, north: Tenant) -> None:
    copy = key(integration_of(north))
    [listed] = pusher.get(KEYS).json()["keys"]
    assert (listed["id"], listed["access_key_id"], listed["state"]) == (copy.uid, "AKIA1", "ready")
    assert listed["stream"] == {"name": "sluice-harbour", "region": "eu-west-1", "account_id": "111122223333"}
    assert listed["tenant"] == {"slug": "north", "name": "North"}
    assert "ciphertext" not in listed
    answer = pusher.get(listed["url"])
    assert answer.json() == {**listed, "ciphertext": "for vendor"}
    assert answer["Cache-Control"] == "no-store"


def test_the_first_fetch_with_a_token_is_recorded_and_no_other_request(pusher: Program, north: Tenant) -> None:
    copy = key(integration_of(north))
    url = f"{KEYS}/{copy.uid}"
    pusher.get(KEYS)
    assert fetched() == []
    tag = pusher.get(url)["ETag"]
    assert fetched() == [("pusher@vendor.example", "Pusher")]
    assert pusher.get(url, **{"If-None-Match": tag}).status_code == 304
    pusher.get(url)
    assert len(fetched()) == Download.objects.count() == 1
    program(person("second@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)).get(url)
    assert sorted(fetched()) == [("pusher@vendor.example", "Pusher"), ("second@vendor.example", "Pusher")]


def test_the_tenants_activity_shows_a_token_for_it_and_what_it_fetched(north: Tenant, client: Client) -> None:
    copy = key(integration_of(north))
    assert program(tenant=north).get(f"{KEYS}/{copy.uid}").status_code == 200
    client.force_login(person("ada@north.example", north))
    page = client.get("/t/north/activity/").content.decode()
    assert "created an API token limited to this tenant" in page
    assert "downloaded an encrypted copy of the access key" in page
    assert "pusher@vendor.example" in page


def test_what_the_pusher_has_is_not_sent_again_until_something_changes(pusher: Program, north: Tenant) -> None:
    integration = integration_of(north)
    key(integration)
    tag = pusher.get(KEYS)["ETag"]
    assert pusher.get(KEYS, **{"If-None-Match": tag}).status_code == 304
    key(integration, attempt=2)
    assert pusher.get(KEYS, **{"If-None-Match": tag}).status_code == 200


def test_a_clients_copy_an_unknown_one_and_one_of_another_tenant_are_not_there(pusher: Program, north: Tenant) -> None:
    own = key(integration_of(north))
    clients = key(own.credential.integration, SealedCopy.Audience.CLIENT)
    south = key(integration_of(Tenant.objects.create(slug="south", name="South")))
    for uid in (clients.uid, "unknown"):
        assert code_of(pusher.get(f"{KEYS}/{uid}")) == (404, "api.not_found")
    bound = program(person("bound@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR), tenant=north)
    assert [found["id"] for found in bound.get(KEYS).json()["keys"]] == [own.uid]
    assert bound.get(f"{KEYS}/{own.uid}").status_code == 200
    assert code_of(bound.get(f"{KEYS}/{south.uid}")) == (404, "api.not_found")
    assert len(fetched()) == 1


def test_without_the_views_own_filter_postgresql_shows_a_limited_token_nothing_more(
    north: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = key(integration_of(north))
    south = key(integration_of(Tenant.objects.create(slug="south", name="South")))
    monkeypatch.setattr(vendor_keys, "_of_token", lambda request, copies: copies)
    bound = program(tenant=north)
    assert [found["id"] for found in bound.get(KEYS).json()["keys"]] == [own.uid]
    assert code_of(bound.get(f"{KEYS}/{south.uid}")) == (404, "api.not_found")


@pytest.mark.parametrize("state", CredentialState)
def test_a_key_that_is_not_proved_or_was_withdrawn_cannot_be_fetched(
    pusher: Program, north: Tenant, state: CredentialState
) -> None:
    copy = key(integration_of(north), state=state)
    is_offered = state in {CredentialState.READY, CredentialState.IN_USE}
    assert bool(pusher.get(KEYS).json()["keys"]) is is_offered
    answer = pusher.get(f"{KEYS}/{copy.uid}")
    if is_offered:
        assert answer.status_code == 200
        return
    is_ended = state not in {CredentialState.INTENT, CredentialState.SEALED, CredentialState.PROVED}
    assert code_of(answer) == ((410, "api.key_withdrawn") if is_ended else (404, "api.not_found"))
    assert "ciphertext" not in answer.json()
    assert fetched() == []


def test_a_suspended_tenants_devices_keep_sending(pusher: Program, north: Tenant) -> None:
    copy = key(integration_of(north))
    Tenant.objects.update(is_suspended=True)
    assert pusher.get(f"{KEYS}/{copy.uid}").status_code == 200


def test_many_keys_come_in_pages(pusher: Program, north: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_keys, "MOST_LISTED", 2)
    copies = [key(integration_of(north, f"floor-{number}")) for number in range(5)]
    seen, address = [], KEYS
    while address:
        page = pusher.get(address).json()
        seen += [found["id"] for found in page["keys"]]
        address = page["next"]
    assert seen == [copy.uid for copy in reversed(copies)]
    assert code_of(pusher.get(f"{KEYS}?before=unknown")) == (400, "api.cursor_unknown")


def test_the_number_of_queries_does_not_depend_on_the_number_of_keys(pusher: Program, north: Tenant) -> None:
    first = key(integration_of(north))
    pusher.get(f"{KEYS}/{first.uid}")

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert pusher.get(path).status_code == 200
        return len(queries)

    before = count(KEYS), count(f"{KEYS}/{first.uid}")
    for number in range(30):
        key(integration_of(north, f"floor-{number}"))
    assert (count(KEYS), count(f"{KEYS}/{first.uid}")) == before
    assert before[0] == 2
