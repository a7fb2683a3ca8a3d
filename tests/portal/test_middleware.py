"""Pages are packed where they follow from their address alone, and otherwise not."""

import gzip

import pytest
from django.test import Client

from portal.tenancy.models import Tenant
from tests.world import person

pytestmark = pytest.mark.django_db(transaction=True)

PACKED = {"Accept-Encoding": "gzip, br"}


HOME = "/t/north/"


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(person("admin@north.example", Tenant.objects.create(slug="north", name="North")))
    return client


def test_a_page_is_packed_for_who_can_unpack_it(browser: Client) -> None:
    plain, packed = browser.get(HOME), browser.get(HOME, headers=PACKED)
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert b"</html>" in gzip.decompress(packed.content)
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]


def test_the_length_of_the_same_page_is_not_always_the_same(browser: Client) -> None:
    lengths = {len(browser.get(HOME, headers=PACKED).content) for _ in range(12)}
    assert len(lengths) > 3


@pytest.mark.parametrize("query", ["?q=secret", "?page=2", "?part=secret", "?part=metrics&q=secret"])
def test_a_page_with_words_of_the_request_is_not_packed(browser: Client, query: str) -> None:
    answer = browser.get(f"{HOME}streams/{query}", headers=PACKED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer


def test_an_answer_to_a_form_and_an_error_are_not_packed(browser: Client) -> None:
    for answer in (
        browser.post("/login/", {"username": "secret", "password": "wrong"}, headers=PACKED),
        browser.get("/t/secret/", headers=PACKED),
    ):
        assert b"<html" in answer.content
        assert "Content-Encoding" not in answer


def test_the_token_of_a_form_is_another_in_each_page(browser: Client) -> None:
    tokens = {str(browser.get(HOME).context["csrf_token"]) for _ in range(2)}
    assert len(tokens) == 2
