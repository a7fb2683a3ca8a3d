"""Delivery: each row once, every attempt with its answer, what may be repeated and what not, and nothing unwanted."""

import smtplib
from typing import Any

import pytest
from django.core import mail as sent_mail

from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.outbox import choices, delivery, kinds, outbox, tasks
from portal.outbox.models import Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
SEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


@pytest.fixture
def ada() -> User:
    return person("ada@north.example", Tenant.objects.create(slug="north", name="North"))


def write(*people: User, kind: kinds.Kind = kinds.INTEGRATION_READY) -> None:
    message = Message("notification.ready", integration="sensors", tenant="North")
    outbox.write(kind, message, event="event", to=people, tenant=Tenant.objects.get(), path="/t/north/")


def row() -> OutboxItem:
    return OutboxItem.objects.get(channel=Channel.MAIL)


def refuse(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(SEND, fail)


def test_what_is_due_is_delivered_once(ada: User) -> None:
    eve = person("eve@north.example", Tenant.objects.get())
    write(ada, eve)
    tasks.deliver()
    tasks.deliver()
    assert sorted(to for sent in sent_mail.outbox for to in sent.to) == ["ada@north.example", "eve@north.example"]
    rows = OutboxItem.objects.filter(channel=Channel.MAIL)
    assert {(item.state, item.attempts.get().is_accepted) for item in rows} == {(OutboxState.DELIVERED, True)}
    answer = text_of(rows.filter(recipient=ada).get().attempts.get().answer)
    assert answer == "The mail server accepted the mail to ada@north.example."


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        (smtplib.SMTPServerDisconnected("closed"), OutboxState.WAITING, "mail.refused"),
        (ConnectionRefusedError("refused"), OutboxState.WAITING, "mail.unreachable"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 no"), OutboxState.WAITING, "mail.refused"),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"4.2.1 later")}), OutboxState.WAITING, "mail.refused"),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.1 no such user")}), OutboxState.FAILED, "mail.refused"),
        (smtplib.SMTPDataError(554, b"5.7.1 spam"), OutboxState.FAILED, "mail.refused"),
        (RuntimeError("a fault of ours"), OutboxState.WAITING, "outbox.error"),
    ],
)
def test_what_a_server_answers_decides_whether_it_is_repeated(
    ada: User, monkeypatch: pytest.MonkeyPatch, fault: Exception, state: OutboxState, code: str
) -> None:
    refuse(monkeypatch, fault)
    write(ada)
    tasks.deliver()
    attempt = row().attempts.get()
    assert (row().state, attempt.answer.code, attempt.is_accepted) == (state, code, False)
    assert attempt.ended_at is not None
    assert (row().due_at > attempt.began_at) is (state is OutboxState.WAITING)


def test_a_failed_row_is_delivered_again_with_all_attempts_anew(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        refuse(patched, smtplib.SMTPDataError(554, b"5.7.1 spam"))
        write(ada)
        tasks.deliver()
    assert row().state == OutboxState.FAILED
    delivery.redeliver(row())
    assert (row().state, row().attempt_count) == (OutboxState.WAITING, 0)
    tasks.deliver()
    assert row().state == OutboxState.DELIVERED
    assert list(row().attempts.values_list("number", "is_accepted")) == [(1, False), (2, True)]


@pytest.mark.parametrize("why", ["left", "deactivated", "switched off"])
def test_what_is_no_longer_wanted_is_cancelled(ada: User, why: str) -> None:
    write(ada)
    write(ada, kind=kinds.MEMBERSHIP_CHANGED)
    if why == "left":
        ada.memberships.all().delete()
    elif why == "deactivated":
        User.objects.update(is_active=False)
    else:
        choices.switch_off(ada, kinds.INTEGRATION_READY, Channel.MAIL)
    tasks.deliver()
    states = dict(OutboxItem.objects.filter(channel=Channel.MAIL).values_list("kind", "state"))
    assert states == {"integration_ready": OutboxState.CANCELLED, "membership_changed": OutboxState.DELIVERED}
    assert len(sent_mail.outbox) == 1


def test_a_turn_that_is_over_asks_for_another(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("portal.celery.app.send_task", lambda name, **_: asked.append(name))
    write(ada)
    assert delivery.deliver_due(seconds=0)
    tasks.sweep()
    tasks.deliver()
    tasks.sweep()
    assert asked == ["outbox.deliver"]
