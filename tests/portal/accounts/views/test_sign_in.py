"""Failed attempts to sign in are limited for each account and address, and say nothing about who has an account."""

import pytest
from django.http import HttpResponse
from django.test import Client

from portal import live, rate_limits
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.world import PASSWORD

EMAIL = "ada@northwind.example"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture(autouse=True)
def person() -> User:
    return User.objects.create_user(EMAIL, PASSWORD)


def attempt(email: str, password: str = "wrong", address: str = "192.0.2.1") -> HttpResponse:  # noqa: S107  (wrong)
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"username": email, "password": password})


def statuses(count: int, email: str, **more: str) -> list[int]:
    return [attempt(email, **more).status_code for _ in range(count)]


@pytest.mark.parametrize("email", [EMAIL, "nobody@northwind.example", ""])
def test_the_eleventh_failure_has_to_wait_whether_there_is_such_an_account_or_not(email: str) -> None:
    assert statuses(12, email) == [200] * rate_limits.SIGN_IN_PAIR + [429] * 2
    refused = attempt(email, PASSWORD)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= rate_limits.SIGN_IN_SECONDS
    assert "Try again in" in on_one_line(refused.content.decode())


def test_the_case_and_spaces_of_an_address_are_no_way_around() -> None:
    tried = [EMAIL, EMAIL.upper(), f" {EMAIL} "] * 5
    assert [attempt(email).status_code for email in tried].count(200) == rate_limits.SIGN_IN_PAIR


def test_a_person_is_not_locked_out_by_someone_elsewhere() -> None:
    assert statuses(rate_limits.SIGN_IN_PAIR + 1, EMAIL)[-1] == 429
    assert attempt(EMAIL, PASSWORD, address="198.51.100.7").status_code == 302


@pytest.mark.parametrize("typed", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1]])
def test_a_password_is_verified_as_it_was_typed(person: User, typed: str) -> None:
    assert attempt(EMAIL, typed).status_code == 200
    person.set_password(typed)
    person.save()
    assert attempt(EMAIL, typed).status_code == 302


def test_successes_do_not_count() -> None:
    assert statuses(15, EMAIL, password=PASSWORD) == [302] * 15


def test_an_account_and_an_address_have_limits_of_their_own(monkeypatch) -> None:
    monkeypatch.setattr(rate_limits, "SIGN_IN_ACCOUNT", 3)
    assert [attempt(EMAIL, address=f"192.0.2.{n}").status_code for n in range(5)] == [200] * 3 + [429] * 2
    live.connect().flushdb()
    monkeypatch.setattr(rate_limits, "SIGN_IN_ADDRESS", 4)
    assert [attempt(f"{n}@x.example").status_code for n in range(6)] == [200] * 4 + [429] * 2


def test_what_was_typed_is_not_in_redis() -> None:
    attempt("hunter2")
    assert not [key for key in live.connect().scan_iter("*") if b"hunter2" in key]
