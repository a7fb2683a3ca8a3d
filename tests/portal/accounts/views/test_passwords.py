"""Links to choose a password: why one is not valid, and requests that say nothing about who has an account."""

import re

import pytest
from django.core import mail as outbox
from django.test import Client

from portal.accounts import password_resets, tasks
from portal.outbox import delivery
from portal.outbox.models import OutboxItem
from portal.tenancy.invitations import link_for
from portal.tenancy.models import AuditEvent
from tests.portal.accounts.people import Browser
from tests.world import PASSWORD, person

NEW = "seven lifts and a boiler"
FORGOTTEN = "/accounts/password/forgotten/"


@pytest.fixture(autouse=True)
def mail(settings) -> None:
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


def path_of(ada: Browser) -> str:
    ada.user.refresh_from_db()
    return link_for(ada.user).removeprefix("http://localhost:8000")


def choose(ada: Browser, path: str) -> str:
    page = ada.client.get(path, follow=True)
    form = page.redirect_chain[-1][0] if page.redirect_chain else path
    return ada.client.post(form, {"new_password1": NEW, "new_password2": NEW}, follow=True).content.decode()


def test_an_invitation_opened_twice_says_that_it_was_used(ada: Browser) -> None:
    path = path_of(ada)
    assert "Your password is set." in choose(ada, path)
    page = Client().get(path).content.decode()
    assert "It was used already" in page
    assert "sign in with it" in page


def test_an_expired_one_says_so(ada: Browser, settings) -> None:
    path = path_of(ada)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "It has expired" in Client().get(path).content.decode()


@pytest.mark.parametrize("path", ["MQ/x/", "x/cx3k2m-0/", "MQ/set-password/"])
def test_a_part_of_one_says_so(ada: Browser, path: str) -> None:
    page = Client().get(f"/accounts/password/{path}").content.decode()
    assert "A part of it is missing" in page


def test_one_for_someone_else_says_who_is_signed_in(ada: Browser) -> None:
    eve = Browser(person("eve@north.example"))
    eve.password()
    page = eve.get(path_of(ada)).content.decode()
    assert "This link is for someone else" in page
    assert "You are signed in as eve@north.example" in page
    assert ada.user.email not in page
    assert "Choose a password" in Client().get(path_of(ada), follow=True).content.decode()


def test_a_new_password_ends_sessions_and_leaves_the_second_factor(ada: Browser) -> None:
    other = Browser(ada.user)
    other.password()
    choose(ada, path_of(ada))
    assert not other.is_signed_in
    assert ada.password(NEW).status_code == 302


def test_a_request_is_answered_alike_whether_there_is_an_account_or_not(ada: Browser, monkeypatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.mail_reset_link, "apply_async", lambda *, kwargs, **_: sent.append(kwargs["user_id"]))
    pages = [
        Client().post(FORGOTTEN, {"email": email}, follow=True) for email in (ada.user.email.upper(), "no@x.example")
    ]
    assert len({page.redirect_chain[-1] for page in pages}) == 1
    assert all("If there is an account with this address" in page.content.decode() for page in pages)
    assert sent == [ada.user.pk, 0]


def test_the_worker_mails_a_link_to_people_who_exist(ada: Browser) -> None:
    for user_id in (0, ada.user.pk):
        tasks.mail_reset_link(user_id=user_id)
    [item] = OutboxItem.objects.all()
    delivery.deliver_now(item)
    [sent] = outbox.outbox
    assert sent.to == [ada.user.email]
    [link] = re.findall(r"http://localhost:8000/accounts/password/\S+", sent.body)
    assert "Your password is set." in choose(ada, link.removeprefix("http://localhost:8000"))
    assert AuditEvent.objects.filter(action="tenancy:person:reset-requested").exists()


def test_a_deactivated_person_gets_none(ada: Browser) -> None:
    ada.user.is_active = False
    ada.user.save()
    tasks.mail_reset_link(user_id=ada.user.pk)
    assert not OutboxItem.objects.exists()


def test_requests_are_limited_for_each_account(ada: Browser, monkeypatch) -> None:
    monkeypatch.setattr(password_resets, "request_link", lambda _email: None)
    assert [Client().post(FORGOTTEN, {"email": "a@x.example"}).status_code for _ in range(5)] == [302] * 3 + [429] * 2


def test_without_mail_the_page_says_whom_to_ask(ada: Browser, settings) -> None:
    settings.SLUICE_MAIL_URL = ""
    assert "This portal sends no mail" in Client().get(FORGOTTEN).content.decode()
    assert "Ask the person who invited you" in Client().get("/accounts/login/").content.decode()


def test_the_present_password_cannot_be_guessed_at_the_change(ada: Browser) -> None:
    ada.password(PASSWORD)
    form = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    tried = [ada.post("/accounts/password/", form).status_code for _ in range(12)]
    assert tried == [422] * 10 + [429] * 2
