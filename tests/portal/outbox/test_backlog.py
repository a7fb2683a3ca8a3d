"""What waits and what failed, in numbers and by name: for /readyz and the command line."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.outbox.backlog import Backlog, backlog
from portal.outbox.models import Attempt, Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ANSWER = Message("mail.unreachable", server="mail.example:587", detail="refused")


@pytest.fixture
def rows(settings: Any) -> list[OutboxItem]:
    """Three mails that were written an hour ago."""
    settings.SLUICE_PORTAL_URL, settings.SLUICE_MAIL_URL = "https://portal.example", "smtp://mail.example"
    tenant = Tenant.objects.create(slug="north", name="North")
    message = Message("notification.ready", integration="sensors", tenant="North")
    to = [person(f"{name}@north.example", tenant) for name in ("ada", "ben", "eve")]
    outbox.write(kinds.INTEGRATION_READY, message, event="event", to=to, tenant=tenant)
    OutboxItem.objects.update(created_at=ago(60), due_at=ago(-10))
    return list(OutboxItem.objects.filter(channel=Channel.MAIL).order_by("pk"))


def ago(minutes: float) -> Any:
    return timezone.now() - timedelta(minutes=minutes)


def change(item: OutboxItem, **changes: object) -> None:
    OutboxItem.objects.filter(pk=item.pk).update(**changes)


def test_an_empty_outbox() -> None:
    assert backlog() == Backlog(waiting=0, failed=0, oldest_seconds=None, due_seconds=0)


def test_what_waits_for_its_next_attempt_is_not_late(rows: list[OutboxItem]) -> None:
    change(rows[0], state=OutboxState.FAILED, finished_at=ago(1))
    change(rows[1], state=OutboxState.FAILED, finished_at=ago(25 * 60))
    found = backlog()
    assert (found.waiting, found.failed, found.due_seconds, found.is_late) == (1, 1, 0, False)
    assert found.oldest_seconds in range(3600, 3660)


@pytest.mark.parametrize(
    ("minutes_ago", "is_late"),
    [
        ({"due_at": 2}, True),
        ({"due_at": 0.5}, False),
        ({"due_at": 2, "lease_until": -1}, False),
        ({"due_at": 3, "lease_until": 2}, True),
        ({"due_at": 2, "finished_at": 1}, False),
    ],
)
def test_what_no_worker_takes_for_a_minute_is_late(
    rows: list[OutboxItem], minutes_ago: dict[str, float], is_late: bool
) -> None:
    state = OutboxState.CANCELLED if "finished_at" in minutes_ago else OutboxState.WAITING
    change(rows[1], state=state, **{name: ago(minutes) for name, minutes in minutes_ago.items()})
    assert backlog().is_late is is_late
    found = Client().get("/readyz").json()
    assert found["outbox"]["waiting"] in {2, 3}
    assert any("Mail and webhooks are late" in problem for problem in found["problems"]) is is_late


def test_the_command_names_what_failed_and_what_waits_longest(rows: list[OutboxItem]) -> None:
    Attempt.objects.bulk_create(Attempt(item=item, number=1, answer=ANSWER) for item in rows[:2])
    change(rows[0], state=OutboxState.FAILED, finished_at=ago(1))
    change(rows[1], created_at=ago(61))
    printed = {form: StringIO() for form in ("text", "json")}
    call_command("outbox", "status", stdout=printed["text"])
    call_command("outbox", "status", "--json", stdout=printed["json"])
    text, answer = printed["text"].getvalue(), json.loads(printed["json"].getvalue())
    assert text.startswith("2 waiting, 1 failed within a day\noldest waiting: 366")
    assert text.count("mail.example:587") == 2
    assert (answer["oldest"]["to"], answer["failed_items"][0]["to"]) == ("ben@north.example", "ada@north.example")
