"""Asking for an account: off by default; nothing exists before support approves, and no access after it."""

import pytest
from django.test import Client

from portal.accounts.models import SignUpRequest
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent, User
from tests.world import person

PAGE = "/accounts/sign-up/"
FORM = {"full_name": "Ada North", "email": "Ada@North.example", "organisation": "North"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture(autouse=True)
def portal(settings) -> None:
    settings.SLUICE_SIGN_UP = True
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


def decide(action: str) -> None:
    client = Client()
    client.force_login(person("sue@vendor.example", is_staff=True, staff_role="support"))
    client.post(
        "/admin/accounts/signuprequest/", {"action": action, "_selected_action": str(SignUpRequest.objects.get().pk)}
    )


def test_it_is_off_by_default(settings) -> None:
    settings.SLUICE_SIGN_UP = False
    assert Client().get(PAGE).status_code == 404
    assert "Accounts are by invitation" in Client().get("/accounts/login/").content.decode()


def test_a_request_creates_no_person_and_the_answer_never_says_who_has_an_account() -> None:
    person("known@north.example")
    tried = ("known@north.example", "ada@north.example", "ADA@north.example")
    answers = [Client().post(PAGE, {**FORM, "email": email}, follow=True) for email in tried]
    assert len({answer.content.count(b"Thank you") for answer in answers}) == 1
    assert list(SignUpRequest.objects.values_list("email", flat=True)) == ["ada@north.example"]
    assert not User.objects.filter(email="ada@north.example").exists()


def test_approved_the_person_is_invited_and_may_see_nothing() -> None:
    Client().post(PAGE, FORM)
    decide("approve")
    ada = User.objects.get(email="ada@north.example")
    assert (ada.has_usable_password(), ada.memberships.count(), ada.is_staff) == (False, 0, False)
    assert [(item.kind, item.recipient) for item in OutboxItem.objects.all()] == [("invitation", ada)]
    assert AuditEvent.objects.filter(action="accounts:sign-up:approved", actor="sue@vendor.example").exists()


def test_declined_nothing_exists() -> None:
    Client().post(PAGE, FORM)
    decide("decline")
    assert not User.objects.filter(email="ada@north.example").exists()
    assert not OutboxItem.objects.exists()


def test_without_mail_an_approval_is_refused_and_can_be_repeated(settings) -> None:
    Client().post(PAGE, FORM)
    settings.SLUICE_MAIL_URL = ""
    decide("approve")
    assert SignUpRequest.objects.get().decided_at is None
    assert not User.objects.filter(email="ada@north.example").exists()


def test_what_is_missing_is_said_and_requests_are_limited() -> None:
    answers = [Client().post(PAGE, {"email": "x"}) for _ in range(21)]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
