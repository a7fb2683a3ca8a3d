"""The flow without a provider: which addresses one may have, and answers that are malformed."""

import json
import urllib.request
from io import BytesIO
from types import SimpleNamespace

import pytest

from portal.accounts.oidc import client
from portal.accounts.oidc.client import Provider, SignOnFailed

ISSUER = "https://id.example"
PROVIDER = Provider(ISSUER, "sluice", "secret")


def code_of(state: str = "state", **more: str) -> str:
    attempt = client.Attempt("state", "nonce", "verifier")
    with pytest.raises(SignOnFailed) as failed:
        client.claims_of(PROVIDER, attempt, {"state": state, "code": "x", **more}, "https://portal.example/")
    return failed.value.message.code


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://id.example"])
def test_plain_http_is_for_a_developers_machine(url: str) -> None:
    assert not client.is_allowed(url, is_development=False)
    assert client.is_allowed(url, is_development=True) is (url != "http://id.example")


@pytest.mark.parametrize("state", ["", "other", "ä", "\ud800"])
def test_a_state_in_any_letters_is_refused(state: str) -> None:
    assert code_of(state) == "accounts.sign_on_not_begun"


def answering(monkeypatch: pytest.MonkeyPatch, *answers: bytes) -> None:
    """Let every opener find these answers, one after the other."""
    given = iter(answers)
    opener = SimpleNamespace(open=lambda *_, **__: BytesIO(next(given)))
    monkeypatch.setattr(urllib.request, "build_opener", lambda *_: opener)


ENDS = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
DOCUMENT = json.dumps({"issuer": ISSUER, **ENDS}).encode()


def test_an_answer_that_is_nested_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, b"[" * 200_000)
    assert code_of() == "accounts.sign_on_refused"


@pytest.mark.parametrize("keys", [{"keys": ["x"]}, {"keys": [5]}, {"keys": "x"}, {"keys": None}, {}])
def test_keys_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, keys: object) -> None:
    token = json.dumps({"id_token": "eyJhbGciOiJFUzI1NiJ9.e30.AA"}).encode()
    answering(monkeypatch, DOCUMENT, token, json.dumps(keys).encode())
    assert code_of() == "accounts.sign_on_token"


@pytest.mark.parametrize("answer", [{}, {"iss": ""}, {"iss": "https://other.example"}])
def test_a_provider_that_names_itself_does_so_in_every_answer(monkeypatch, answer: dict[str, str]) -> None:
    named = {"issuer": ISSUER, **ENDS, "authorization_response_iss_parameter_supported": True}
    token = json.dumps({"id_token": "eyJhbGciOiJFUzI1NiJ9.e30.AA"}).encode()  # which is not asked for
    answering(monkeypatch, json.dumps(named).encode(), token, b"{}")
    assert code_of(**answer) == "accounts.sign_on_refused"


def test_an_endpoint_without_tls_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, json.dumps({"issuer": ISSUER, **ENDS, "token_endpoint": "http://localhost/"}).encode())
    assert code_of() == "accounts.sign_on_misconfigured"


def test_a_private_address_is_named_as_a_wrong_set_up() -> None:
    provider = Provider("https://127.0.0.1:9", "sluice", "secret")
    with pytest.raises(SignOnFailed) as failed:
        client.authorization_url(provider, client.new_attempt(), "https://portal.example/")
    assert failed.value.message.code == "accounts.sign_on_misconfigured"
