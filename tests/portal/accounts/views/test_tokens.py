"""A person creates a token on a page that shows it once, and revokes it; both only right after confirming."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis import Redis

from portal.tenancy import token_text, tokens
from portal.tenancy.models import ApiToken, AuditEvent, StaffRole, Tenant
from tests.portal.accounts.people import Browser
from tests.portal.accounts.test_step_up import grow_old
from tests.world import PASSWORD, person

SECURITY, NEW = "/accounts/security/", "/accounts/security/tokens/new/"
TYPED = {"name": "Pusher in Oslo", "scopes": "vendor_keys", "days": "30", "tenant": ""}


@pytest.fixture
def olga(db, clean_redis, settings, tmp_path) -> Browser:
    """Olga, the vendor's operator, signed in."""
    settings.SLUICE_PORTAL_URL, settings.SLUICE_STAFF_SECOND_FACTOR = "http://localhost:8000", False
    settings.STATIC_ROOT = tmp_path
    browser = Browser(person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    browser.password()
    return browser


def texts_on(answer) -> list[str]:
    return re.findall(r"sluice_token_\w+", answer.content.decode())


def test_a_token_is_created_and_shown_once(olga: Browser, clean_redis: str) -> None:
    assert "No API token yet." in olga.get(SECURITY).content.decode()
    answer = olga.post(NEW, TYPED)
    [text] = texts_on(answer)
    assert token_text.is_well_formed(text)
    assert answer["Cache-Control"] == "no-store"
    token = tokens.use(text, address="192.0.2.1")
    assert (token.name, token.scopes, token.tenant, token.person) == (
        "Pusher in Oslo",
        ["vendor_keys"],
        None,
        olga.user,
    )
    page = olga.get(SECURITY)
    assert "Pusher in Oslo" in page.content.decode()
    assert "192.0.2.1" in page.content.decode()
    assert texts_on(page) == []
    kept = Redis.from_url(clean_redis)
    assert not any(text.encode() in (kept.dump(key) or b"") for key in kept.scan_iter())
    assert text not in str(list(AuditEvent.objects.values())) + str(dict(olga.client.session))


def test_it_can_be_for_one_tenant(olga: Browser) -> None:
    north = Tenant.objects.create(slug="north", name="North")
    assert "only for North" in olga.post(NEW, {**TYPED, "tenant": " North "}).content.decode()
    assert ApiToken.objects.get().tenant == north
    assert "only for North" in olga.get(SECURITY).content.decode()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"name": " "}, "Enter a name."),
        ({"scopes": []}, "Choose at least one scope."),
        ({"scopes": "people"}, "Choose from the list."),
        ({"days": "9999"}, "Choose from the list."),
        ({"days": "30; DROP"}, "Choose from the list."),
        ({"tenant": "nowhere"}, "There is no tenant nowhere that you may view."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(olga: Browser, typed: dict[str, object], expected: str) -> None:
    answer = olga.post(NEW, {**TYPED, **typed})
    assert (answer.status_code, expected in answer.content.decode()) == (422, True)
    assert not ApiToken.objects.exists()


def test_beyond_the_limit_none_is_created(olga: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 0)
    answer = olga.post(NEW, TYPED)
    assert (answer.status_code, "limit of a person" in answer.content.decode()) == (422, True)


def test_a_token_is_revoked_by_its_own_person_alone(olga: Browser) -> None:
    [text] = texts_on(olga.post(NEW, TYPED))
    other = Browser(person("ivan@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    other.password()
    revoke = f"/accounts/security/tokens/{ApiToken.objects.get().pk}/revoke/"
    assert other.post(revoke).status_code == 404
    assert tokens.use(text, address="")
    assert "was revoked" in olga.post(revoke, follow=True).content.decode()
    with pytest.raises(tokens.TokenRefused):
        tokens.use(text, address="")
    assert olga.post(revoke).status_code == 404


def test_both_ask_who_is_there_and_say_why(olga: Browser) -> None:
    olga.post(NEW, TYPED)
    grow_old(olga)
    for answer in (olga.get(NEW), olga.post(f"/accounts/security/tokens/{ApiToken.objects.get().pk}/revoke/")):
        assert answer["Location"].startswith("/accounts/confirm/?why=token")
    asked = olga.get(NEW)["Location"]
    assert "You are about to create or revoke an API token." in olga.get(asked).content.decode()
    assert olga.post(asked, {"password": PASSWORD})["Location"] == NEW
    assert ApiToken.objects.get().revoked_at is None


def test_a_person_who_has_no_such_right_is_offered_nothing(ada: Browser) -> None:
    ada.password()
    assert "API token" not in ada.get(SECURITY).content.decode()
    assert ada.get(NEW).status_code == ada.post(NEW, TYPED).status_code == 404
    assert not ApiToken.objects.exists()


def test_the_page_asks_no_more_often_for_more_tokens(olga: Browser) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            olga.get(SECURITY)
        return len(queries)

    north = Tenant.objects.create(slug="north", name="North")
    given = {"person": olga.user, "scopes": ["vendor_keys"], "actor": olga.user, "tenant": north}
    tokens.create(name="0", **given)
    olga.get(SECURITY)
    before = count()
    for number in range(9):
        tokens.create(name=f"more {number}", **given)
    assert count() == before
