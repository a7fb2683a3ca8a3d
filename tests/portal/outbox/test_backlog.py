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


@pytest.mark.parametrize("has_tenant", [True, False])
@pytest.mark.parametrize(
    ("held", "is_late"),
    [
        ({"lease_until": -1}, False),
        ({"due_at": -0.1, "attempt_ended": 0}, False),  # refused just now: the next claim follows at once
        ({"due_at": -0.1, "attempt_ended": 0.5}, True),
        ({"state": OutboxState.DELIVERED, "finished_at": 0}, False),
        ({"state": OutboxState.DELIVERED, "finished_at": 0.5}, True),
        ({"due_at": -5}, True),
    ],
)
def test_what_waits_for_two_deliveries_of_its_tenant_is_not_late(
    rows: list[OutboxItem], held: dict[str, Any], is_late: bool, has_tenant: bool
) -> None:
    """A receiver that hangs keeps its tenant's other rows waiting, though every worker does what it can."""
    change(rows[2], due_at=ago(2))
    change(rows[0], lease_until=ago(-1), fence=1, attempt_count=1)
    if "attempt_ended" in held:
        Attempt.objects.create(item=rows[1], number=1, ended_at=ago(held["attempt_ended"]))
    changes: dict[str, Any] = {name: ago(held[name]) for name in held if name.endswith(("_at", "_until"))}
    changes["state"] = held.get("state", OutboxState.WAITING)
    change(rows[1], fence=1, attempt_count=1, **changes)
    if not has_tenant:
        OutboxItem.objects.update(tenant=None)
    found = backlog()
    assert found.is_late is is_late
    assert found.due_seconds in (range(119, 130) if is_late else {0})


def test_another_tenant_is_late_while_one_has_its_two_deliveries(rows: list[OutboxItem]) -> None:
    for item in rows[:2]:
        change(item, lease_until=ago(-1))
    change(rows[2], due_at=ago(2), tenant=Tenant.objects.create(slug="south", name="South"))
    assert backlog().is_late


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
