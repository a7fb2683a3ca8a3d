"""Every attempt to prove who one is leaves a line in the log, and no line says what was typed."""

from hashlib import sha256

import pytest

from portal.accounts import second_factors, sign_in_log
from portal.secret_patterns import without_secrets
from tests.portal.accounts.people import SECOND_FACTOR, Browser
from tests.world import PASSWORD


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    """Return the messages since the last call; what is removed as a secret would be of no use in them."""
    caplog.set_level("INFO", logger="portal.accounts.sign_in_log")

    def since() -> list[str]:
        found = [record.getMessage() for record in caplog.records if record.name == "portal.accounts.sign_in_log"]
        caplog.clear()
        assert [without_secrets(line) for line in found] == found
        return found

    return since


def test_a_sign_in_says_who_how_and_from_where(ada: Browser, lines) -> None:
    ada.password()
    assert lines() == [f"sign_in.succeeded user={ada.user.pk} methods=password address=127.0.0.1"]
    ada.post("/accounts/logout/")
    assert lines() == [f"sign_in.ended user={ada.user.pk} address=127.0.0.1"]


def test_both_factors_are_named(ada: Browser, lines) -> None:
    second_factors.add_totp(ada.user, "A" * 32, 0)
    ada.secret = "A" * 32
    ada.password()
    assert lines() == []  # nothing is decided yet
    ada.post(SECOND_FACTOR, {"code": "000000"})
    assert lines() == [f"sign_in.refused method=code user={ada.user.pk} address=127.0.0.1"]
    ada.post(SECOND_FACTOR, {"code": ada.code()})
    assert lines() == [f"sign_in.succeeded user={ada.user.pk} methods=mfa,password address=127.0.0.1"]


def test_a_failed_sign_in_names_the_account_by_its_digest(ada: Browser, lines) -> None:
    for typed in (ada.user.email, ada.user.email.upper(), "a password typed here"):
        ada.client.post("/accounts/login/", {"username": typed, "password": "wrong one"})
    first, again, other = lines()
    assert first == again != other
    assert first.startswith("sign_in.refused method=password account=")
    for typed in (ada.user.email, "typed here", "wrong one"):
        assert typed not in first + other


def test_what_was_typed_cannot_be_guessed_from_the_log_without_the_secret_key(lines, settings) -> None:
    logged = []
    for key in ("one key " * 8, "another " * 8):
        settings.SECRET_KEY = key
        sign_in_log._password_refused({"username": "hunter2"})
        logged += lines()
    first, second = logged
    assert first != second
    assert sha256(b"hunter2").hexdigest()[:16] not in first + second


def test_a_refused_confirmation_passkey_and_identity_are_logged(ada: Browser, lines) -> None:
    ada.post("/accounts/passkey/", {"credential": "{}"})
    ada.get("/accounts/sign-on/callback/?code=x")
    assert lines() == [
        "sign_in.refused method=passkey user=- address=127.0.0.1",
        "sign_in.refused method=accounts.sign_on_not_begun user=- address=127.0.0.1",
    ]
    ada.client.force_login(ada.user)
    lines()
    ada.post("/accounts/confirm/", {"password": "wrong"})
    ada.post("/accounts/confirm/", {"password": PASSWORD})
    assert lines() == [f"sign_in.refused method=password user={ada.user.pk} address=127.0.0.1"]
