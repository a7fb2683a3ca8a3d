"""Who is let in by the API: a token in one header, and nothing else; every refusal says why and repeats no token."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import rate_limits
from portal.tenancy import people, token_text, tokens
from portal.tenancy.models import ApiToken, StaffRole, Tenant
from tests.portal.api.programs import KEYS, TOKEN, Program, code_of, program
from tests.world import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def pusher() -> Program:
    return program()


def test_a_token_is_let_in(pusher: Program) -> None:
    answer = pusher.get()
    assert (answer.status_code, answer.json()["usable_scopes"]) == (200, ["vendor_keys"])
    assert ApiToken.objects.get().last_used_from == "127.0.0.1"
    assert pusher.get(header=f"bearer   {pusher.text} ").status_code == 200  # the scheme's case does not count


WRONG = {
    "": (401, "token.missing"),
    "Basic cHVzaGVyOnNlY3JldA==": (401, "token.missing"),
    "Bearer": (401, "token.malformed"),
    "Bearer garbage": (401, "token.malformed"),
    "Bearer ghp_0123456789abcdefghijklmnopqrstuvwxyz": (401, "token.malformed"),
    "Bearer sluice_link_" + "A" * 43: (401, "token.malformed"),
    "Bearer sluice_token_" + "0" * 38: (401, "token.malformed"),
    "Bearer sluice_token_\u00e9" + "0" * 37: (401, "token.malformed"),
    "Bearer " + "sluice_token_" * 80_000: (401, "token.malformed"),
}


@pytest.mark.parametrize("header", WRONG, ids=lambda header: header[:40])
def test_what_is_no_token_is_refused_without_a_query(header: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = Program(None, "").get(header=header)
    assert code_of(answer) == WRONG[header]
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert len(queries) == 0


def test_two_headers_are_refused(pusher: Program) -> None:
    answer = pusher.get(header=f"Bearer {pusher.text},Bearer {pusher.text}")  # as Django joins them
    assert code_of(answer) == (400, "token.several")


@pytest.mark.parametrize("name", ["access_token", "token", "anything", "Access_Token"])
def test_a_token_in_the_address_is_refused_and_the_answer_says_why(pusher: Program, name: str) -> None:
    for header in (None, ""):
        answer = pusher.get(f"{TOKEN}?{name}={pusher.text}", header=header)
        assert code_of(answer) == (400, "token.in_address")
    assert "Addresses are written to logs" in answer.json()["detail"]
    assert pusher.text not in answer.content.decode()
    assert ApiToken.objects.get().last_used_at is None


def test_over_http_a_token_is_neither_accepted_nor_redirected(pusher: Program, settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^api/"]
    assert code_of(pusher.get()) == (400, "token.over_http")
    assert ApiToken.objects.get().last_used_at is None
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert pusher.get(**{"X-Forwarded-Proto": "https"}).status_code == 200


def test_a_token_that_ended_is_refused(pusher: Program) -> None:
    assert code_of(Program(None, token_text.new_token()).get()) == (401, "token.unknown")
    people.deactivate(user=pusher.owner, actor="command line")
    answer = pusher.get()
    assert code_of(answer) == (401, "token.revoked")
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_demoted_persons_token_may_do_nothing_more(pusher: Program) -> None:
    assert pusher.get(KEYS).status_code == 200
    people.set_staff_role(user=pusher.owner, role=StaffRole.NONE, actor="command line")
    answer = pusher.get(KEYS)
    assert code_of(answer) == (403, "token.right_missing")
    assert 'scope="vendor_keys"' in answer["WWW-Authenticate"]
    assert pusher.get().json()["usable_scopes"] == []


def test_neither_a_session_nor_a_cookie_counts_here_or_begins(pusher: Program) -> None:
    browser = Client()
    browser.login(username=pusher.owner.email, password=PASSWORD)
    assert code_of(browser.get(KEYS)) == (401, "token.missing")
    browser.cookies["authorization"] = f"Bearer {pusher.text}"
    assert code_of(browser.get(KEYS)) == (401, "token.missing")
    assert not pusher.get(KEYS).cookies


def test_reading_is_all_that_there_is(pusher: Program) -> None:
    answer = Client(enforce_csrf_checks=True).post(TOKEN, headers={"Authorization": f"Bearer {pusher.text}"})
    assert code_of(answer) == (405, "api.method")
    assert answer["Allow"] == "GET, HEAD"


def test_requests_of_a_token_and_of_an_address_are_limited(pusher: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "API_OF_TOKEN", 2)
    other = program(person("other@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    assert [pusher.get().status_code for _ in range(3)] == [200, 200, 429]
    limited = pusher.get()
    assert code_of(limited) == (429, "api.too_many_requests")
    assert 1 <= int(limited["Retry-After"]) <= rate_limits.API_SECONDS
    assert other.get().status_code == 200
    monkeypatch.setattr(rate_limits, "API_OF_ADDRESS", 5)
    assert code_of(other.get()) == (429, "api.too_many_requests")


def test_the_log_names_the_token_by_number_alone(pusher: Program, caplog: pytest.LogCaptureFixture) -> None:
    tenant = Tenant.objects.create(slug="north", name="North")
    ApiToken.objects.update(tenant=tenant, scopes=[])
    with caplog.at_level(logging.INFO):
        pusher.get(KEYS)
        tokens.revoke(token=ApiToken.objects.get(), actor="command line")
        pusher.get(KEYS)
        pusher.get(header=f"Bearer {pusher.text[:-1]}")
    assert f"api.right_missing token={ApiToken.objects.get().pk} right=vendor_keys" in caplog.text
    assert "api.refused reason=token.revoked" in caplog.text
    assert "api.refused reason=token.malformed" in caplog.text
    assert pusher.text[13:40] not in caplog.text
