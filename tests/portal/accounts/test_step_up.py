"""What does harm in the wrong hands asks who is there, says why, and leads back; ten minutes later it asks again."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.urls import get_resolver

from portal.accounts import second_factors
from portal.tenancy import proof
from portal.tenancy.models import AuditEvent, Tenant
from tests.portal.accounts.people import Browser, forget_used_codes
from tests.world import PASSWORD, person

GUARDED = {
    "copy_download": "download",
    "integration_remove": "remove",
    "integration_abandon": "remove",
    "self_managed_end": "remove",
    "pgp_key_remove": "remove",
    "key_mail": "key_mail",
    "key_revoke": "revoke",
    "revocation_agree": "revoke",
    "totp_start": "security",
    "totp_add": "security",
    "passkey_add": "security",
    "factor_remove": "security",
    "recovery_codes": "security",
    "sign_on_link": "security",
    "identity_remove": "security",
    "recovery_codes_new": "security",
    "token_create": "token",
    "token_revoke": "token",
    "session_end": "security",
    "device_package": "download",
    "device_remove": "remove",
    "wall_link_new": "wall_link",
    "all_wall_link_new": "wall_link",
}


def views() -> dict:
    patterns, found = list(get_resolver().url_patterns), {}
    while patterns:
        pattern = patterns.pop()
        patterns += getattr(pattern, "url_patterns", [])
        if view := getattr(pattern, "callback", None):
            found[pattern.name] = view
    return found


def reason_of(view: object) -> str | None:
    while view is not None:
        if reason := getattr(view, "needs_confirmation", None):
            return reason
        view = getattr(view, "__wrapped__", None)
    return None


def test_these_views_ask_and_no_other() -> None:
    assert {name: reason for name, view in views().items() if (reason := reason_of(view))} == GUARDED


@pytest.fixture
def tired(ada: Browser) -> Browser:
    """Ada, who signed in eleven minutes ago."""
    ada.password()
    grow_old(ada)
    return ada


def grow_old(browser: Browser) -> None:
    session = browser.client.session
    session[proof.CONFIRMED_AT] = time.time() - proof.RECENT_SECONDS - 60
    session.save()


def test_a_page_asks_says_why_and_leads_back(tired: Browser) -> None:
    asked = tired.get("/accounts/security/recovery-codes/")
    assert asked["Location"] == "/accounts/confirm/?why=security&next=%2Faccounts%2Fsecurity%2Frecovery-codes%2F"
    page = tired.get(asked["Location"]).content.decode()
    assert "You are about to change how you sign in." in page
    refused = tired.post(asked["Location"], {"password": "wrong"})
    assert "This is not your password." in refused.content.decode()
    key = tired.client.session.session_key
    assert tired.post(asked["Location"], {"password": PASSWORD})["Location"] == "/accounts/security/recovery-codes/"
    assert tired.client.session.session_key != key
    assert tired.get("/accounts/security/recovery-codes/").status_code == 200


def test_a_form_leads_back_to_the_page_that_has_it_and_says_to_press_again(tired: Browser) -> None:
    asked = tired.client.post(
        "/accounts/security/app/",
        headers={"Host": "localhost:8000", "Referer": "http://localhost:8000/accounts/security/"},
    )
    assert "again=1" in asked["Location"]
    back = tired.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert back.redirect_chain[-1][0] == "/accounts/security/"
    assert "Choose the action again" in back.content.decode()


@pytest.mark.parametrize("referer", ["https://evil.example/x", "http://localhost:8000//evil.example", "http://[", ""])
def test_it_leads_to_no_other_site(tired: Browser, referer: str) -> None:
    headers = {"Host": "localhost:8000", "Referer": referer}
    asked = tired.client.post("/accounts/security/app/", headers=headers)
    assert "next=%2F&" in asked["Location"]
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = tired.client.post(f"/accounts/confirm/?next={elsewhere}", {"password": PASSWORD})
        assert answer["Location"] == "/"
        grow_old(tired)


def test_htmx_loads_it_as_a_page(tired: Browser) -> None:
    answer = tired.client.post("/accounts/security/app/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/confirm/")


def test_a_session_older_than_the_second_factor_must_use_it(tired: Browser) -> None:
    second_factors.add_totp(tired.user, "A" * 32, 0)
    tired.secret = "A" * 32
    page = "/accounts/confirm/?why=security&next=/accounts/security/"
    assert 'name="password"' not in tired.get(page).content.decode()
    assert "not valid" in tired.post(page, {"password": PASSWORD}).content.decode()
    assert tired.post(page, {"code": tired.code()}).status_code == 302
    assert tired.client.session[proof.SECOND_FACTOR] is True


def test_a_recent_sign_in_does_not_replace_a_second_factor_set_up_elsewhere(ada: Browser) -> None:
    ada.password()
    second_factors.add_totp(ada.user, "A" * 32, 0)
    assert ada.post("/accounts/security/app/")["Location"].startswith("/accounts/confirm/")
    forget_used_codes(ada.user)


def test_who_signs_in_elsewhere_is_led_out_and_in_again(tired: Browser) -> None:
    tired.user.set_unusable_password()
    tired.user.save()
    tired.client.force_login(tired.user)
    page = tired.get("/accounts/confirm/?why=security").content.decode()
    assert "sign in there again to confirm" in page
    assert "/accounts/logout/" in page
    second_factors.add_totp(tired.user, "A" * 32, 0)
    assert "sign in there again" not in tired.get("/accounts/confirm/").content.decode()


def test_passwords_cannot_be_guessed_there(tired: Browser) -> None:
    tried = [tired.post("/accounts/confirm/", {"password": "wrong"}).status_code for _ in range(12)]
    assert tried == [200] * 10 + [429] * 2


def test_support_confirms_before_it_resets_a_second_factor(ada: Browser) -> None:
    sue = Browser(person("sue@vendor.example", is_staff=True, staff_role="support"))
    sue.client.force_login(sue.user)
    second_factors.add_totp(ada.user, "A" * 32, 0)
    ada.client.force_login(ada.user)
    chosen = {"action": "reset_second_factor", "_selected_action": str(ada.user.pk)}
    grow_old(sue)
    assert sue.post("/admin/tenancy/user/", chosen)["Location"].startswith("/accounts/confirm/")
    assert second_factors.has_any(ada.user)
    sue.client.force_login(sue.user)
    sue.post("/admin/tenancy/user/", chosen)
    assert not second_factors.has_any(get_user_model().objects.get(pk=ada.user.pk))
    assert AuditEvent.objects.get(action="accounts:session:ended").actor == sue.user.email
    assert Tenant.objects.count() == 0
