"""The errors of a form come by redirect in a browser, only to who sent it, and directly to a program."""

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from portal import live, refused_pages
from portal.tenancy.models import Tenant
from tests.onboarding.pages import draft, url
from tests.world import person

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/t/north/"
NEW = {"do": "account", "name": "production", "account_id": "1111-2222"}
NAVIGATES = {"Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def browser(north: Tenant) -> Client:
    client = Client(headers=NAVIGATES)
    client.force_login(person("admin@north.example", north))
    return client


@pytest.fixture
def page(browser: Client) -> str:
    """The address of the first page of the wizard."""
    started = browser.post("/t/north/integrations/new/", follow=True)
    return started.redirect_chain[-1][0] if started.redirect_chain else started.request["PATH_INFO"]


def at(page: str, host: str = "testserver") -> dict[str, str]:
    """The header by which a browser names the page whose form it sends."""
    return {"Referer": f"https://{host}{page}"}


def refused(browser: Client, page: str, **entered: str) -> str:
    """Send a form that is refused; return the address of the redirect."""
    answer = browser.post(page, {**NEW, **entered}, headers=at(page))
    assert answer.status_code == 303
    return str(answer["Location"])


def test_the_errors_come_by_redirect_with_what_was_entered(browser: Client, page: str) -> None:
    address = refused(browser, page)
    for _reload in range(2):
        shown = browser.get(address)
        assert shown.status_code == 200
        body = shown.content.decode()
        assert 'value="1111-2222"' in body
        assert "12 digits" in body
        assert "<title>Error: " in body


def test_the_error_summary_has_the_focus(browser: Client, page: str) -> None:
    body = browser.get(refused(browser, page)).content.decode()
    assert len(re.findall(r"\bautofocus\b", body)) == 1


def test_a_program_gets_the_page_with_its_status(browser: Client, page: str) -> None:
    answer = browser.post(page, NEW, headers={**at(page), "Sec-Fetch-Mode": "cors"})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.content.decode()


@pytest.mark.parametrize("title", ["Alerts", "Error: Alerts"])
def test_the_title_says_once_that_there_is_an_error(title: str) -> None:
    page = f"<head><title>{title}</title></head>".encode()
    assert refused_pages._with_title_of_error(page) == b"<head><title>Error: Alerts</title></head>"


def test_nobody_else_sees_the_kept_page(browser: Client, page: str, north: Tenant) -> None:
    address = refused(browser, page)
    other = Client()
    other.force_login(person("second@north.example", north))
    shown = other.get(address)
    assert shown.status_code == 200
    assert "<title>Error: " not in shown.content.decode()
    assert Client().get(address).status_code == 302


def test_who_lost_access_sees_nothing(browser: Client, page: str, north: Tenant) -> None:
    address = refused(browser, page)
    north.memberships.all().delete()
    assert browser.get(address).status_code == 404


def test_at_another_address_the_token_shows_nothing(browser: Client, page: str) -> None:
    token = refused(browser, page).partition("?")[2]
    assert "<title>Error: " not in browser.get(f"{HOME}?{token}").content.decode()


@pytest.mark.parametrize("token", ["", "x", "a" * 22, "a" * 500, "%C3%BC" * 22])
def test_an_invented_token_shows_the_page_itself(browser: Client, page: str, token: str) -> None:
    shown = browser.get(f"{page}?refused={token}")
    assert shown.status_code == 200
    assert "<title>Error: " not in shown.content.decode()


def test_after_ten_minutes_the_page_itself_is_shown(browser: Client, page: str) -> None:
    address = refused(browser, page)
    names = list(live.connect().scan_iter("refused:*"))
    assert names
    assert all(0 < live.connect().ttl(name) <= 600 for name in names)
    live.connect().delete(*names)
    assert "<title>Error: " not in browser.get(address).content.decode()


def test_without_redis_the_page_comes_directly(browser: Client, page: str) -> None:
    live.connect.cache_clear()
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        answer = browser.post(page, NEW, headers=at(page))
    live.connect.cache_clear()
    assert answer.status_code == 422
    assert 'value="1111-2222"' in answer.content.decode()


def test_a_failed_sign_in_comes_by_redirect_and_without_the_password() -> None:
    browser = Client(headers=NAVIGATES)
    address = "/accounts/login/?next=/t/north/"
    browser.get(address)
    entered = {"username": "ada@north.example", "password": "hunter2"}
    answer = browser.post(address, entered, headers=at(address))
    assert answer.status_code == 303
    body = browser.get(answer["Location"]).content.decode()
    assert "ada@north.example" in body
    assert "hunter2" not in body


def test_a_private_key_is_not_kept(browser: Client) -> None:
    pasted = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nsecret\n-----END PGP PRIVATE KEY BLOCK-----"
    answer = browser.post("/t/north/keys/", {"do": "add", "blob": pasted}, headers=at("/t/north/keys/"))
    assert answer.status_code == 303
    body = browser.get(answer["Location"]).content.decode()
    assert "BEGIN PGP PRIVATE" not in body


def test_a_form_whose_address_allows_no_get_is_shown_on_its_own_page(browser: Client, north: Tenant) -> None:
    integration = draft(north)
    review = url(integration, "review")
    answer = browser.post(
        reverse("integration_start", kwargs={"slug": "north", "uid": integration.uid}), headers=at(review)
    )
    assert answer.status_code == 303
    assert str(answer["Location"]).startswith(f"{review}?refused=")
    assert "<title>Error: " in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "referer",
    ["", "https://elsewhere.example/t/north/", "https://[", "about:blank", "https://testserver//elsewhere.example/"],
)
def test_without_a_page_of_ours_the_answer_comes_directly(browser: Client, page: str, referer: str) -> None:
    answer = browser.post(page, NEW, headers={"Referer": referer})
    assert answer.status_code == 422
