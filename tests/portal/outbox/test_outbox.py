"""Events are written once, in the transaction of the event, for each person by the channels they want."""

from typing import Any

import pytest
from django.db import transaction

from portal.messages.message import Message
from portal.outbox import choices, kinds, outbox
from portal.outbox.models import Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
READY = Message("notification.ready", integration="sensors", tenant="North")


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


@pytest.fixture
def ada() -> User:
    return person("ada@north.example", Tenant.objects.create(slug="north", name="North"))


def write(*people: User, event: str = "integration-1", kind: kinds.Kind = kinds.INTEGRATION_READY) -> None:
    outbox.write(kind, READY, event=event, to=people, tenant=Tenant.objects.first(), path="/t/north/")


def rows() -> list[tuple[str, str, str]]:
    found = OutboxItem.objects.order_by("pk").values_list("recipient__email", "channel", "state")
    return list(found)


def test_an_event_is_a_row_for_each_channel_and_never_twice(ada: User) -> None:
    for _ in range(2):
        write(ada, ada)
    assert rows() == [("ada@north.example", "mail", "waiting"), ("ada@north.example", "bell", "delivered")]
    write(ada, event="integration-2")
    assert len(rows()) == 4


def test_what_is_not_committed_is_never_said(ada: User) -> None:
    with transaction.atomic():
        write(ada)
        transaction.set_rollback(True)
    assert rows() == []


def test_what_a_person_switched_off_is_not_written(ada: User) -> None:
    eve = person("eve@north.example", Tenant.objects.get())
    choices.switch_off(ada, kinds.INTEGRATION_READY, Channel.MAIL)
    choices.switch_off(ada, kinds.FIRST_RECORD, Channel.BELL)
    write(ada, eve)
    assert {(email, channel) for email, channel, _ in rows()} == {
        ("ada@north.example", "bell"),
        ("eve@north.example", "mail"),
        ("eve@north.example", "bell"),
    }


def test_a_security_kind_cannot_be_switched_off(ada: User) -> None:
    choices.choose(ada, set())
    choices.switch_off(ada, kinds.MEMBERSHIP_CHANGED, Channel.MAIL)
    write(ada, kind=kinds.MEMBERSHIP_CHANGED)
    write(ada)
    assert [channel for _, channel, _ in rows()] == ["mail", "bell"]


def test_an_invitation_has_no_bell(ada: User) -> None:
    write(ada, kind=kinds.INVITATION)
    assert [channel for _, channel, _ in rows()] == ["mail"]


@pytest.mark.parametrize("missing", ["SLUICE_MAIL_URL", "SLUICE_PORTAL_URL"])
def test_without_a_mail_server_or_an_address_for_links_no_mail_waits(ada: User, settings: Any, missing: str) -> None:
    setattr(settings, missing, "")
    write(ada)
    assert [channel for _, channel, _ in rows()] == ["bell"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_costs_no_event(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.celery.app.conf.broker_url", "redis://127.0.0.1:9/0")
    with transaction.atomic():
        write(ada)
    assert OutboxItem.objects.filter(state=OutboxState.WAITING).count() == 1
