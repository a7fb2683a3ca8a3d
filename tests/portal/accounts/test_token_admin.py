"""Support lists everybody's tokens, without what would open anything, and ends them."""

import pytest
from django.test import Client

from portal.tenancy import token_text, tokens
from portal.tenancy.models import ApiToken, StaffRole
from tests.portal.accounts.people import Browser
from tests.portal.accounts.test_step_up import grow_old
from tests.world import PASSWORD, person

PAGE = "/admin/tenancy/apitoken/"


@pytest.fixture
def text(db, clean_redis) -> str:
    olga = person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    return tokens.create(person=olga, name="Pusher", scopes=["vendor_keys"], actor=olga)[1]


@pytest.fixture
def support(db, clean_redis, settings, tmp_path) -> Browser:
    settings.SLUICE_PORTAL_URL, settings.SLUICE_STAFF_SECOND_FACTOR = "http://localhost:8000", False
    settings.STATIC_ROOT = tmp_path
    browser = Browser(person("sam@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT))
    browser.password()
    return browser


def test_support_sees_whose_it_is_and_nothing_that_opens_anything(text: str, support: Browser) -> None:
    for address in (PAGE, f"{PAGE}{ApiToken.objects.get().pk}/change/"):
        page = support.get(address).content.decode()
        assert "Pusher" in page
        assert "olga@vendor.example" in page
        assert text not in page
        assert token_text.hash_of(text) not in page


def test_support_revokes_it_after_confirming(text: str, support: Browser) -> None:
    chosen = {"action": "revoke", "_selected_action": [str(ApiToken.objects.get().pk)]}
    grow_old(support)
    assert support.post(PAGE, chosen)["Location"].startswith("/accounts/confirm/?why=token")
    assert tokens.use(text, address="")
    support.post("/accounts/confirm/?why=token", {"password": PASSWORD})
    assert support.post(PAGE, chosen).status_code == 302
    with pytest.raises(tokens.TokenRefused):
        tokens.use(text, address="")


def test_an_operator_does_not_see_them(text: str, settings) -> None:
    settings.SLUICE_STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(person("ivan@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    assert client.get(PAGE).status_code == 403
