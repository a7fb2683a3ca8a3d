"""Passkeys: added, used to sign in without a password, and refused when they are another site's."""

import json

import pytest
from django.test import Client

from portal.accounts import second_factors
from tests.portal.accounts.people import SECOND_FACTOR, Browser
from tests.portal.accounts.soft_passkey import PRESENT, SoftPasskey

PASSKEY = "/accounts/passkey/"


@pytest.fixture
def passkey(ada: Browser) -> SoftPasskey:
    """Ada's passkey; she is signed out."""
    made = SoftPasskey()
    ada.password()
    assert ada.add_passkey(made)["Location"] == "/accounts/security/recovery-codes/"
    ada.client = Client()
    return made


def test_it_signs_in_without_a_password_and_counts_as_a_second_factor(ada: Browser, passkey: SoftPasskey) -> None:
    answer = ada.post(PASSKEY, {"credential": passkey.get(ada.options()), "next": "/accounts/password/"})
    assert answer["Location"] == "/accounts/password/"
    assert ada.client.session["second_factor"] is True
    ada.client = Client()
    assert ada.post(PASSKEY, {"credential": passkey.get(ada.options()), "next": "//evil.example"})["Location"] == "/"
    assert ada.is_signed_in


def test_it_is_asked_for_after_the_password(ada: Browser, passkey: SoftPasskey) -> None:
    assert ada.password()["Location"] == SECOND_FACTOR
    options = ada.options()
    assert len(options["publicKey"]["allowCredentials"]) == 1
    assert ada.post(SECOND_FACTOR, {"credential": passkey.get(options)}).status_code == 302
    assert ada.is_signed_in


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"key": SoftPasskey().key},
        {"credential_id": b"another passkey!"},
        {"user_handle": b"MTIzNDU"},
        {"user_handle": b"\xff"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_one_of_another_site_or_person_or_without_its_person_is_refused(
    ada: Browser, passkey: SoftPasskey, wrong: dict
) -> None:
    options = ada.options()
    vars(passkey).update(wrong)
    answer = ada.post(PASSKEY, {"credential": passkey.get(options)}, follow=True)
    assert "The passkey was not accepted." in answer.content.decode()
    assert not ada.is_signed_in


def test_a_response_serves_once(ada: Browser, passkey: SoftPasskey) -> None:
    response = passkey.get(ada.options())
    ada.post(PASSKEY, {"credential": response})
    other = Browser(ada.user)
    other.post(PASSKEY, {"credential": response})
    assert not other.is_signed_in


@pytest.mark.parametrize(
    "junk", ["", "null", "[]", "{}", '{"id": 1}', '{"response": {"userHandle": 5}}', "\u0000", "{", "[" * 20_000]
)
def test_what_is_not_a_response_is_refused(ada: Browser, passkey: SoftPasskey, junk: str) -> None:
    ada.options()
    assert ada.post(PASSKEY, {"credential": junk}).status_code in {302, 400}
    assert not ada.is_signed_in


def test_a_new_one_of_another_site_is_not_added(ada: Browser) -> None:
    ada.password()
    for wrong in (SoftPasskey(origin="https://evil.example"), SoftPasskey(rp_id="evil.example")):
        ada.add_passkey(wrong)
    ada.post("/accounts/security/passkeys/", {"credential": json.dumps({"id": "x"})})
    assert not second_factors.has_any(ada.user)


@pytest.mark.parametrize("extra", ["\0", "\ud800", float("nan")])
def test_a_new_one_with_what_postgresql_does_not_store_is_refused(ada: Browser, extra: object) -> None:
    ada.password()
    options = ada.post("/accounts/passkey/options/", {"purpose": "add"}).json()
    credential = json.dumps({**json.loads(SoftPasskey().create(options)), "more": extra})
    page = ada.post("/accounts/security/passkeys/", {"credential": credential, "name": "x"}, follow=True)
    assert "The passkey was not accepted." in page.content.decode()
    assert not second_factors.has_any(ada.user)


def test_a_deactivated_person_does_not_get_in(ada: Browser, passkey: SoftPasskey) -> None:
    options = ada.options()
    ada.user.is_active = False
    ada.user.save()
    ada.post(PASSKEY, {"credential": passkey.get(options)})
    assert not ada.is_signed_in


def test_a_strangers_passkey_does_not_take_a_persons_place_after_the_password(
    ada: Browser, passkey: SoftPasskey
) -> None:
    eve = Browser(type(ada.user).objects.create_user("eve@north.example", "x"))
    eve.client.force_login(eve.user)
    hers = SoftPasskey()
    eve.add_passkey(hers)
    ada.password()
    ada.post(SECOND_FACTOR, {"credential": hers.get(ada.options())})
    assert not ada.is_signed_in


def test_at_another_address_the_page_says_where_passkeys_work(ada: Browser) -> None:
    ada.password()
    page = ada.client.get("/accounts/security/", headers={"Host": "127.0.0.1:8000"})
    assert "Passkeys work at the address of localhost only" in page.content.decode()
    assert (
        "Sign in with a passkey"
        not in Client().get("/accounts/login/", headers={"Host": "127.0.0.1:8000"}).content.decode()
    )
