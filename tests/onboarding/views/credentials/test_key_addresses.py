"""Unexpected addresses on the Access key tab: listed with what is known, and accepted with a reason."""

import pytest
from django.urls import reverse

from onboarding.integrations import hints
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.key_address import KeyAddress
from portal.messages.message import Message
from tests.architecture.population import Population, populate

pytestmark = pytest.mark.django_db


@pytest.fixture
def population() -> Population:
    found = populate()
    KeyAddress.objects.update(accepted_at=None, accepted_by="", accepted_reason="")
    return found


def page_of(population: Population, role: str = "admin") -> str:
    ours = population.ours
    path = reverse("credentials", kwargs={"slug": ours.tenant.slug, "uid": ours.live.uid})
    return " ".join(population.client(role).get(path).content.decode().split())


def test_an_admin_sees_the_address_the_act_and_why(population: Population) -> None:
    page = page_of(population)
    assert "8.8.8.8" in page
    assert "kinesis:ListStreams" in page
    assert "Compromised: revoke and rotate" in page
    assert "every call that is listed there is unexpected as such" in page


def test_with_published_networks_the_page_says_so(population: Population, settings) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24",)
    assert "AWS accepts records from the vendor’s networks only" in page_of(population)


def test_who_may_not_revoke_reads_who_can(population: Population) -> None:
    page = page_of(population, "viewer")
    assert "8.8.8.8" in page
    assert "Compromised: revoke and rotate" not in page
    assert "can revoke the key" in page
    assert "Accept as expected" not in page


def test_a_key_that_its_owner_uploaded_is_deactivated_by_its_owner(population: Population) -> None:
    Credential.objects.update(uploaded_by="ada@northwind.example")
    page = page_of(population)
    assert "You manage this key: deactivate it in IAM, then upload another." in page
    assert "Compromised: revoke and rotate" not in page


def test_an_accepted_address_is_no_finding_and_stays_visible_with_its_reason(population: Population) -> None:
    ours = population.ours
    where = {"slug": ours.tenant.slug, "uid": ours.live.uid, "address_uid": ours.address.uid}
    client = population.client("admin")
    answer = client.post(reverse("key_address_accept", kwargs=where), {"reason": ""}, follow=True)
    assert "State why the address is expected" in answer.content.decode()
    assert KeyAddress.objects.get(pk=ours.address.pk).accepted_at is None
    client.post(reverse("key_address_accept", kwargs=where), {"reason": "<b>Our office</b>"})
    page = page_of(population)
    assert "Compromised: revoke and rotate" not in page
    assert "&lt;b&gt;Our office&lt;/b&gt;" in page
    assert "accepted by admin@northwind.example" in page


def test_another_tenants_address_is_not_found_below_ones_own_integration(population: Population) -> None:
    ours, theirs = population.ours, population.theirs
    where = {"slug": ours.tenant.slug, "uid": ours.live.uid, "address_uid": theirs.address.uid}
    answer = population.client("admin").post(reverse("key_address_accept", kwargs=where), {"reason": "ours"})
    assert answer.status_code == 404


def test_the_tab_says_what_cloudtrail_was_asked_and_since_when(population: Population) -> None:
    KeyAddress.objects.all().delete()
    assert "Sluice may not read CloudTrail" in page_of(population)
    Connection.objects.update(allow_trail=True)
    assert "Not checked yet" in page_of(population)
    at = population.ours.copy.credential.created_at
    Credential.objects.update(trail_checked_at=at, trail_since=at)
    assert "None from unexpected addresses" in page_of(population)
    Credential.objects.update(trail_problem=Message("key_trail.role_outdated"))
    page = page_of(population)
    assert "Couldn’t read CloudTrail" in page
    assert "None from unexpected addresses" in page, "what was seen before stays known"
    assert "Update role" in page
    Credential.objects.update(trail_problem=Message("key_trail.no_time"))
    assert "Read again" in page_of(population)
    assert "Read again" not in page_of(population, "viewer")


def test_cloudtrail_is_read_again_once_a_minute_when_an_admin_chooses_it(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinted: list[int] = []
    monkeypatch.setattr(hints, "read_trail_soon", hinted.append)
    ours = population.ours
    key = ours.copy.credential
    path = reverse("key_trail_read", kwargs={"slug": ours.tenant.slug, "uid": ours.live.uid, "key_uid": key.uid})
    answers = []
    for allowed in (False, True, True):
        Connection.objects.update(allow_trail=allowed)
        page = population.client("admin").post(path, follow=True).content.decode()
        answers.append([text in page for text in ("may not read", "is reading CloudTrail", "less than a minute ago")])
    assert answers == [[True, False, False], [False, True, False], [False, False, True]]
    assert hinted == [key.pk]
