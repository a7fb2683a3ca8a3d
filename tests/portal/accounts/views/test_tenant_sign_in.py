"""A tenant's admin requires a second factor; it holds at once for pages and event streams, and locks no one out."""

import pytest
from django.urls import reverse

from portal import event_access
from portal.tenancy import proof
from portal.tenancy.models import AuditEvent, Membership, Tenant
from tests.portal.accounts.people import Browser
from tests.world import person


@pytest.fixture
def north(ada: Browser) -> Tenant:
    tenant = Tenant.objects.create(slug="north", name="North")
    Membership.objects.create(tenant=tenant, user=ada.user, role="admin")
    return tenant


def page(tenant: Tenant) -> str:
    return reverse("sign_in_settings", kwargs={"slug": tenant.slug})


def test_an_admin_without_one_cannot_lock_themselves_out(ada: Browser, north: Tenant) -> None:
    ada.password()
    assert "Otherwise you would lock yourself out" in ada.get(page(north)).content.decode()
    answer = ada.post(page(north), {"required": "yes"}, follow=True)
    assert "Set up your own second factor first" in answer.content.decode()
    assert not Tenant.objects.get().requires_second_factor


def test_required_it_is_asked_of_everyone_at_once_and_can_be_made_optional(ada: Browser, north: Tenant) -> None:
    bob = Browser(person("bob@north.example", north, "viewer"))
    bob.password()
    assert bob.get("/t/north/").status_code == 200
    ada.password()
    ada.add_totp()
    ada.post(page(north), {"required": "yes"})
    assert AuditEvent.objects.filter(tenant=north, action="tenancy:second-factor:required").exists()
    sent = bob.get("/t/north/")
    assert sent["Location"] == "/accounts/security/?required=1&next=%2Ft%2Fnorth%2F"
    assert "A second factor is required here" in bob.get(sent["Location"]).content.decode()
    assert bob.add_totp().status_code == 302
    assert bob.get("/t/north/").status_code == 200
    assert [member.has_factor for member in ada.get(page(north)).context["members"]] == [True, True]
    ada.post(page(north), {"required": "no"})
    assert not Tenant.objects.get().requires_second_factor


def test_it_is_a_change_that_asks_who_is_there(ada: Browser, north: Tenant) -> None:
    ada.password()
    session = ada.client.session
    session[proof.CONFIRMED_AT], session[proof.SECOND_FACTOR] = 0, True
    session.save()
    assert ada.post(page(north), {"required": "yes"})["Location"].startswith("/accounts/confirm/?why=sign_in_settings")


def test_event_streams_are_refused_without_it(ada: Browser, north: Tenant, settings, monkeypatch) -> None:
    monkeypatch.setattr(event_access.connections, "close_all", lambda: None)
    ada.password()
    key, topic = ada.client.session.session_key, "tenant:north"
    assert event_access.viewer_of(topic, key) is not None
    Tenant.objects.update(requires_second_factor=True)
    assert event_access.viewer_of(topic, key) is None
    assert event_access.still_allowed([(topic, key)]) == set()
    session = ada.client.session
    session[proof.SECOND_FACTOR] = True
    session.save()
    assert event_access.still_allowed([(topic, key)]) == {(topic, key)}


def test_event_streams_of_staff_are_refused_without_it(ada: Browser, north: Tenant, settings, monkeypatch) -> None:
    monkeypatch.setattr(event_access.connections, "close_all", lambda: None)
    olga = Browser(person("olga@vendor.example", is_staff=True, staff_role="operator"))
    olga.password()
    key = olga.client.session.session_key
    assert event_access.viewer_of("tenant:north", key) is not None
    settings.SLUICE_STAFF_SECOND_FACTOR = True
    assert event_access.viewer_of("tenant:north", key) is None
