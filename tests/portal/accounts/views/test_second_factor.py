"""The second factor at sign-in: codes of an app, recovery codes, and what is refused."""

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.test import Client

from portal.accounts import second_factors
from portal.secret_store import key_file
from portal.tenancy import proof
from tests.portal.accounts.people import SECOND_FACTOR, Browser


@pytest.fixture
def enrolled(ada: Browser) -> Browser:
    """Ada with an authenticator app and recovery codes, signed out."""
    ada.secret = generate_totp_secret()
    second_factors.add_totp(ada.user, ada.secret, 0)
    second_factors.new_recovery_codes(ada.user)
    ada.codes = second_factors.unused_codes(ada.user)
    return ada


def test_an_app_is_set_up_by_the_pages_and_its_codes_are_shown_once(ada: Browser) -> None:
    ada.password()
    assert ada.post("/accounts/security/app/")["Location"] == "/accounts/security/app/add/"
    assert (
        "This code is not valid" in ada.post("/accounts/security/app/add/", {"code": "1"}, follow=True).content.decode()
    )
    assert ada.add_totp()["Location"] == "/accounts/security/recovery-codes/"
    codes = second_factors.unused_codes(ada.user)
    shown, again = (ada.get("/accounts/security/recovery-codes/").content.decode() for _ in range(2))
    assert all(code in shown for code in codes)
    assert not any(code in again for code in codes)
    assert ada.client.session["second_factor"] is True
    assert ada.secret not in str(dict(ada.client.session))


def test_the_password_alone_opens_nothing(enrolled: Browser) -> None:
    assert enrolled.password()["Location"] == SECOND_FACTOR
    assert not enrolled.is_signed_in
    assert enrolled.get("/")["Location"].startswith("/accounts/login/")
    assert "Confirm that it is you" in enrolled.get(SECOND_FACTOR).content.decode()


def test_a_code_of_the_app_signs_in_and_leads_to_where_one_was_going(enrolled: Browser) -> None:
    enrolled.password(next="/accounts/password/")
    assert enrolled.post(SECOND_FACTOR, {"code": enrolled.code()})["Location"] == "/accounts/password/"
    assert enrolled.is_signed_in


def test_a_code_is_accepted_once(enrolled: Browser) -> None:
    code = enrolled.code()
    enrolled.password()
    enrolled.post(SECOND_FACTOR, {"code": code})
    other = Browser(enrolled.user, secret=enrolled.secret)
    other.password()
    page = other.post(SECOND_FACTOR, {"code": code})
    assert "it was used before" in page.content.decode()
    assert not other.is_signed_in


@pytest.mark.parametrize(("seconds", "signs_in"), [(-90, False), (-30, True), (30, True), (90, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(enrolled: Browser, seconds: int, signs_in: bool) -> None:
    enrolled.password()
    page = enrolled.post(SECOND_FACTOR, {"code": enrolled.code(seconds)})
    assert enrolled.is_signed_in is signs_in
    assert signs_in or "sets its clock automatically" in page.content.decode()


def test_each_recovery_code_signs_in_once_until_they_are_used_up(enrolled: Browser) -> None:
    for code in enrolled.codes:
        enrolled.client = Client()
        enrolled.password()
        enrolled.post(SECOND_FACTOR, {"code": code.upper().replace("-", " ")})
        assert enrolled.is_signed_in
    enrolled.client = Client()
    enrolled.password()
    for code in enrolled.codes[:2]:
        assert "not valid" in enrolled.post(SECOND_FACTOR, {"code": code}).content.decode()
    assert "Your recovery codes are used up" in enrolled.get(SECOND_FACTOR).content.decode()


def test_codes_cannot_be_guessed_all_day(enrolled: Browser) -> None:
    enrolled.password()
    tried = [enrolled.post(SECOND_FACTOR, {"code": "000000"}).status_code for _ in range(12)]
    assert tried == [200] * 10 + [429] * 2
    assert enrolled.post(SECOND_FACTOR, {"code": enrolled.code()}).status_code == 429


def test_the_secret_and_the_codes_are_encrypted_and_of_no_use_to_another_person(enrolled: Browser) -> None:
    found = second_factors.summary_of(enrolled.user)
    stored = f"{found.totp.data}{found.codes.data}"
    assert enrolled.secret not in stored
    assert not any(code.replace("-", "") in stored for code in enrolled.codes)
    eve = Browser(type(enrolled.user).objects.create_user("eve@north.example", "x"), secret=enrolled.secret)
    found.totp.pk, found.totp.user = None, eve.user
    found.totp.save()
    with pytest.raises(second_factors.store.SecretUnreadable):
        second_factors.use_code(eve.user, eve.code())


def test_without_the_keys_codes_are_refused_with_the_cause(enrolled: Browser, settings, tmp_path) -> None:
    settings.SLUICE_ENCRYPTION_KEYS_FILE = tmp_path / "other"
    settings.SLUICE_ENCRYPTION_KEYS_FILE.write_text(key_file.new_line())
    enrolled.password()
    page = enrolled.post(SECOND_FACTOR, {"code": enrolled.code()})
    assert "Codes cannot be checked at the moment" in page.content.decode()


def test_without_the_keys_an_app_that_is_being_set_up_says_so(ada: Browser, settings, tmp_path) -> None:
    ada.password()
    page = ada.post("/accounts/security/app/")["Location"]
    settings.SLUICE_ENCRYPTION_KEYS_FILE = tmp_path / "other"
    settings.SLUICE_ENCRYPTION_KEYS_FILE.write_text(key_file.new_line())
    assert "Codes cannot be checked at the moment" in ada.get(page, follow=True).content.decode()
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    assert "Codes cannot be checked at the moment" in ada.get(page, follow=True).content.decode()


def test_recovery_codes_that_cannot_be_read_say_so(enrolled: Browser, settings) -> None:
    enrolled.client.force_login(enrolled.user)
    session = enrolled.client.session
    session[proof.SECOND_FACTOR] = session["show_recovery_codes"] = True
    session.save()
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    page = enrolled.get("/accounts/security/recovery-codes/", follow=True)
    assert "Codes cannot be checked at the moment" in page.content.decode()


def test_a_code_in_other_letters_is_refused(enrolled: Browser) -> None:
    enrolled.password()
    assert "not valid" in enrolled.post(SECOND_FACTOR, {"code": "１２３４５é"}).content.decode()


def test_the_page_is_for_those_whose_password_was_right(ada: Browser) -> None:
    assert ada.get(SECOND_FACTOR)["Location"] == "/accounts/login/"
    assert ada.post(SECOND_FACTOR, {"code": "1"})["Location"] == "/accounts/login/"


def test_a_person_deactivated_meanwhile_gets_in_nowhere(enrolled: Browser) -> None:
    enrolled.password()
    enrolled.user.is_active = False
    enrolled.user.save()
    assert enrolled.post(SECOND_FACTOR, {"code": enrolled.code()})["Location"] == "/accounts/login/"
    assert not enrolled.is_signed_in


def test_rotation_of_the_keys_covers_second_factors(enrolled: Browser, settings, tmp_path) -> None:
    from portal.secret_store import rotation, store

    file = tmp_path / "keys"
    file.write_text(key_file.new_line() + "\n" + settings.SLUICE_ENCRYPTION_KEYS_FILE.read_text())
    settings.SLUICE_ENCRYPTION_KEYS_FILE = file
    assert rotation.rotate().rotated == 2
    assert rotation.used_keys() == {store.newest_key_id(): 2}
    assert second_factors.use_code(enrolled.user, enrolled.code()) == "totp"
