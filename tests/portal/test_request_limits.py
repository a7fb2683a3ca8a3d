"""Requests that no page can use are refused before a view reads them."""

import pytest
from django.test import Client

from portal import request_limits
from portal.tenancy.models import Tenant
from tests.world import person

NUL = "a\0b"
LOGIN = "/accounts/login/"


@pytest.fixture
def client(db) -> Client:
    return Client()


@pytest.mark.parametrize("query", ["q=%00", "a%00=1", "next=%2F%00"])
def test_nul_in_a_parameter_is_refused(client: Client, query: str) -> None:
    assert client.get(f"{LOGIN}?{query}").status_code == 400


def test_nul_in_the_path_is_refused(client: Client) -> None:
    assert client.get("/t/%00/").status_code == 400


@pytest.mark.parametrize("sent", [{"username": NUL, "password": "x"}, {NUL: "a"}])
def test_nul_in_a_field_is_refused_and_said(client: Client, sent: dict[str, str]) -> None:
    answer = client.post(LOGIN, sent)
    assert answer.status_code == 400
    assert "NUL character" in answer.content.decode()


def test_a_parameter_has_a_limit(client: Client) -> None:
    assert client.get(LOGIN, {"next": "a" * request_limits.MOST_CHARACTERS}).status_code == 200
    assert client.get(LOGIN, {"next": "a" * (request_limits.MOST_CHARACTERS + 1)}).status_code == 400


def test_a_field_has_a_limit_and_a_pasted_key_another(client: Client) -> None:
    longest = request_limits.MOST_CHARACTERS_OF_FIELD
    assert client.post(LOGIN, {"username": "a" * longest}).status_code == 200
    assert client.post(LOGIN, {"username": "a" * (longest + 1)}).status_code == 400
    assert client.post(LOGIN, {"blob": "a" * (longest + 1)}).status_code == 200


def test_the_number_of_fields_has_a_limit(client: Client) -> None:
    assert client.post(LOGIN, {f"field{number}": "" for number in range(301)}).status_code == 413


@pytest.mark.parametrize("path", ["/", LOGIN, "/admin/", "/t/north/", "/t/%00/"])
def test_a_session_cookie_with_nul_is_no_session(client: Client, path: str) -> None:
    cookie = {"Cookie": r'sessionid="aaaaaaaaaaaaaaaa\000"; csrftoken="\000"'}
    with_nul, without = client.get(path, headers=cookie), Client().get(path)
    assert with_nul.status_code == without.status_code < 500
    assert with_nul.headers.get("Location") == without.headers.get("Location")


def test_a_cookie_with_nul_does_not_sign_out_who_sends_another(client: Client) -> None:
    ada = person("ada@north.example", Tenant.objects.create(slug="north", name="North"))
    client.force_login(ada)
    session = client.cookies["sessionid"].value
    answer = client.get("/t/north/", headers={"Cookie": rf'other="\000"; sessionid={session}'})
    assert answer.status_code == 200


def test_more_text_than_a_form_can_have_is_answered_in_words(client: Client, settings) -> None:
    answer = client.post(LOGIN, {"username": "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert answer.status_code == 413
    assert "the form still contains what you typed" in answer.content.decode()
