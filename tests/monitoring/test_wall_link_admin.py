"""Support lists everyone's links for wall displays, without what would open anything, and ends them."""

import pytest
from django.test import Client

from monitoring import wall_links
from monitoring.models import WallLink
from portal.tenancy import token_text
from portal.tenancy.models import StaffRole, Tenant, User
from tests.portal.accounts.people import Browser
from tests.portal.accounts.test_step_up import grow_old
from tests.world import PASSWORD
from tests.world import person as someone

PAGE = "/admin/monitoring/walllink/"


@pytest.fixture
def token(admin: User, northwind: Tenant, clean_redis: str) -> str:
    return wall_links.create(person=admin, tenant=northwind, name="Lobby")[1]


@pytest.fixture
def support(db, clean_redis, settings, tmp_path) -> Browser:
    settings.SLUICE_PORTAL_URL, settings.SLUICE_STAFF_SECOND_FACTOR = "http://localhost:8000", False
    settings.STATIC_ROOT = tmp_path
    browser = Browser(someone("sam@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT))
    browser.password()
    return browser


def test_support_sees_whose_it_is_and_nothing_that_opens_anything(token: str, support: Browser) -> None:
    for address in (PAGE, f"{PAGE}{WallLink.objects.get().pk}/change/"):
        page = support.get(address).content.decode()
        assert "Lobby" in page
        assert "admin@example.test" in page
        assert token not in page
        assert token_text.hash_of(token) not in page


def test_support_revokes_it_after_confirming(token: str, support: Browser) -> None:
    chosen = {"action": "revoke", "_selected_action": [str(WallLink.objects.get().pk)]}
    grow_old(support)
    assert support.post(PAGE, chosen)["Location"].startswith("/accounts/confirm/?why=wall_link")
    assert wall_links.find(token)
    support.post("/accounts/confirm/?why=wall_link", {"password": PASSWORD})
    assert support.post(PAGE, chosen).status_code == 302
    assert wall_links.find(token) is None


def test_an_operator_does_not_see_them(token: str, operator: User, settings) -> None:
    settings.SLUICE_STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(operator)
    assert client.get(PAGE).status_code == 403
