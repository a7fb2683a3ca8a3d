"""The Access key tab: the key's state and age, who can open it, its history, and the way to it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, IntegrationState
from portal.tenancy import audit
from tests.architecture.population import Population, populate

pytestmark = pytest.mark.django_db


@pytest.fixture
def population() -> Population:
    return populate()


@pytest.fixture
def client(population: Population) -> Client:
    return population.client("viewer")


def path_of(integration: Integration, name: str = "credentials") -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def page_of(client: Client, integration: Integration) -> str:
    return client.get(path_of(integration)).content.decode()


def test_the_key_has_a_state_since_when_and_an_age(population: Population, client: Client) -> None:
    live = population.ours.live
    since = timezone.now() - timedelta(days=91, hours=1)
    live.credentials.update(created_at=since, ready_at=since)
    page = page_of(client, live)
    assert "Ready since" in page
    assert f"{since:%H:%M} UTC" in page
    assert "91 days" in page
    live.credentials.update(created_at=timezone.now())
    assert "less than a day" in page_of(client, live)


def test_each_copy_says_whom_it_is_for_and_who_downloaded_it(population: Population, client: Client) -> None:
    page = page_of(client, population.ours.live)
    assert "For Ada" in page
    assert "For the vendor" in page
    assert "No one at Northwind can decrypt this key." not in page
    assert page.count("Not downloaded yet.") == 2
    for number in range(23):
        Download.objects.create(copy=population.ours.copy, actor=f"person{number}@northwind.example")
    page = page_of(client, population.ours.live)
    assert page.count("Downloaded by") == 20
    assert "20 earlier downloads" in page
    assert 'access-keys">activity</a> has 3 more.' in page
    assert page.count("Not downloaded yet.") == 1


def test_a_key_for_the_vendor_alone_says_that_no_one_else_can_open_it(population: Population, client: Client) -> None:
    population.ours.copy.delete()
    page = page_of(client, population.ours.live)
    assert "Only the vendor has a copy. No one at Northwind can decrypt this key." in page
    assert "Decryption" not in page


def test_two_keys_of_a_rotation_are_both_shown_and_the_earlier_ones_below(
    population: Population, client: Client
) -> None:
    live = population.ours.live
    for attempt, state in ((2, CredentialState.IN_USE), (3, CredentialState.REVOKED), (4, CredentialState.DISCARDED)):
        Credential.objects.create(
            integration=live, attempt=attempt, user_name="u", access_key_id=f"AKIA{attempt}", state=state
        )
    shown = client.get(path_of(live)).context
    assert [key.credential.access_key_id for key in shown["keys"]] == ["AKIA2", "AKIAEXAMPLE"]
    assert [credential.access_key_id for credential in shown["earlier"]] == ["AKIA4", "AKIA3"]


def test_the_history_is_that_of_this_integrations_keys(population: Population, client: Client) -> None:
    ours = population.ours
    credential = ours.copy.credential
    tenant = ours.tenant
    event = {"tenant": tenant, "actor": "ada@northwind.example"}
    audit.record("onboarding:credential:fetched", about=credential, target="AKIAEXAMPLE", **event)
    audit.record("provisioning:credential:sealed", about=ours.live, target="AKIAEXAMPLE", **event)
    audit.record("provisioning:credential:sealed", about=ours.self_managed, target="AKIAOTHER", **event)
    audit.record("onboarding:drift:accepted", about=ours.live, target="AKIADRIFT", **event)
    shown = client.get(path_of(ours.live)).context["events"]
    assert [each.code for each in shown] == ["provisioning:credential:sealed", "onboarding:credential:fetched"]


def test_a_removed_integration_keeps_the_history_of_its_keys(population: Population, client: Client) -> None:
    live = population.ours.live
    live.credentials.update(state=CredentialState.REVOKED)
    Integration.objects.filter(pk=live.pk).update(state=IntegrationState.REMOVED)
    page = page_of(client, live)
    assert "No active access key" in page
    assert "AKIAEXAMPLE" in page
    assert "Permissions of the key" not in page


def test_a_self_managed_integration_has_the_tab_too(population: Population, client: Client) -> None:
    found = population.ours.self_managed
    page = page_of(client, found)
    assert "You create the access key yourself and upload it encrypted." in page
    credential = Credential.objects.create(
        integration=found, attempt=1, user_name="u", state=CredentialState.READY, uploaded_by="ada@northwind.example"
    )
    SealedCopy.objects.create(credential=credential, audience="vendor", fingerprint="F" * 40, sha256="0" * 64)
    page = page_of(client, found)
    assert "Uploaded by" in page
    assert "ada@northwind.example" in page
    assert "Test record" not in page


@pytest.mark.parametrize("name", ["integration", "stream", "credentials"])
def test_every_page_of_an_integration_leads_to_the_others(
    population: Population, client: Client, clean_redis: object, name: str
) -> None:
    live = population.ours.live
    page = client.get(path_of(live, name)).content.decode()
    for other in ("integration", "stream", "credentials"):
        assert f'href="{path_of(live, other)}"' in page
    assert page.count('aria-current="page"') >= 1


def test_an_integration_whose_stream_is_not_monitored_has_no_tab_for_it(population: Population, client: Client) -> None:
    found = population.ours.self_managed
    assert path_of(found, "stream") not in page_of(client, found)
    assert path_of(found, "stream") not in client.get(path_of(found, "integration")).content.decode()


def test_the_overview_and_the_recipients_lead_to_it(population: Population, client: Client) -> None:
    ours = population.ours
    at = {"slug": ours.tenant.slug}
    assert f'href="{path_of(ours.live)}"' in client.get(reverse("tenant_home", kwargs=at)).content.decode()
    assert path_of(ours.live) not in client.get(reverse("pgp_keys", kwargs=at)).content.decode()
    ours.tenant.pgp_keys.update(confirmed_at=timezone.now(), confirmed_by="ada@northwind.example")
    page = client.get(reverse("pgp_keys", kwargs=at)).content.decode()
    assert "Can decrypt 1 access key<" in page
    assert f'href="{path_of(ours.live)}"' in page
