"""Rows are listed and delivered again, in the admin and by command line, with a line in the audit trail."""

import json
import smtplib
from io import StringIO
from typing import Any

import pytest
from django.core import mail as sent_mail
from django.core.management import CommandError, call_command
from django.test import Client

from portal.messages.message import Message
from portal.outbox import delivery, kinds, outbox
from portal.outbox.models import Channel, OutboxItem, OutboxState
from portal.tenancy.models import AuditEvent, StaffRole, Tenant
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
LIST = "/admin/outbox/outboxitem/"


@pytest.fixture(autouse=True)
def portal(settings: Any, tmp_path: Any) -> None:
    settings.SLUICE_PORTAL_URL, settings.STATIC_ROOT = "https://portal.example", tmp_path
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> OutboxItem:
    north = Tenant.objects.create(slug="north", name="North")
    message = Message("notification.ready", integration="sensors", tenant="North")
    ada = person("ada@north.example", north)
    outbox.write(kinds.INTEGRATION_READY, message, event="event", to=[ada], tenant=north, path="/t/north/")

    def refuse(*_: Any) -> None:
        raise smtplib.SMTPDataError(554, b"5.7.1 no mail today")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        delivery.deliver_due()
    return OutboxItem.objects.get(channel=Channel.MAIL)


def run(*arguments: str) -> Any:
    out = StringIO()
    call_command("outbox", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_lists_shows_and_redelivers(failed: OutboxItem) -> None:
    assert [item["id"] for item in run("list", "--state", "failed", "--tenant", "north")["items"]] == [failed.uid]
    assert run("list", "--state", "waiting")["items"] == []
    shown = run("show", failed.uid[:8])
    assert [attempt["accepted"] for attempt in shown["attempts"]] == [False]
    assert "5.7.1 no mail today" in shown["attempts"][0]["answer"]
    assert run("redeliver", failed.uid)["state"] == "waiting"
    event = AuditEvent.objects.get(action="outbox:item:redelivered")
    assert (event.actor, event.target, event.tenant.slug) == ("command line", "ada@north.example", "north")
    delivery.deliver_due()
    assert len(sent_mail.outbox) == 1
    out = StringIO()
    call_command("outbox", "list", stdout=out)
    assert f"{failed.uid[:12]}  delivered  mail" in out.getvalue()


@pytest.mark.parametrize("given", ["", "ffff"])
def test_a_row_that_is_not_there_is_reported(failed: OutboxItem, given: str) -> None:
    OutboxItem.objects.filter(pk=failed.pk).update(uid="0" * 32)
    with pytest.raises(CommandError, match="The outbox has no row"):
        run("show", given)


def test_the_bell_is_not_delivered_again(failed: OutboxItem) -> None:
    item = OutboxItem.objects.get(channel=Channel.BELL)
    with pytest.raises(CommandError, match="not delivered again"):
        run("redeliver", item.uid)


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.OPERATOR])
def test_staff_see_what_failed_and_have_it_delivered_again(failed: OutboxItem, client: Client, role: StaffRole) -> None:
    client.force_login(person("sue@vendor.example", is_staff=True, staff_role=role))
    assert "Integration sensors is ready" in client.get(f"{LIST}?state__exact=failed").content.decode()
    assert "5.7.1 no mail today" in client.get(f"{LIST}{failed.pk}/change/").content.decode()
    rows = [item.pk for item in OutboxItem.objects.all()]
    page = client.post(LIST, {"action": "redeliver", "_selected_action": rows}, follow=True).content.decode()
    assert "1 of 2 rows are delivered again." in page
    failed.refresh_from_db()
    assert failed.state == OutboxState.WAITING
    assert AuditEvent.objects.get(action="outbox:item:redelivered").actor == "sue@vendor.example"
