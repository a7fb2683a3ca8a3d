"""Old rows are deleted with their attempts, each kind after its period, and never one that waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.celery import app
from portal.messages.message import Message
from portal.outbox import kinds, outbox, retention, tasks
from portal.outbox.models import Attempt, Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
READY = Message("notification.ready", integration="sensors", tenant="North")
NOW = timezone.now()


@pytest.fixture
def ada(settings: Any) -> User:
    settings.SLUICE_PORTAL_URL, settings.SLUICE_MAIL_URL = "https://portal.example", "smtp://mail.example"
    return person("ada@north.example", Tenant.objects.create(slug="north", name="North"))


def written(ada: User, channel: Channel, count: int = 1, **changes: object) -> None:
    before = set(OutboxItem.objects.values_list("pk", flat=True))
    for number in range(count):
        outbox.write(kinds.FIRST_RECORD, READY, event=f"{len(before)}-{number}", to=[ada], tenant=Tenant.objects.get())
    new = OutboxItem.objects.exclude(pk__in=before)
    new.exclude(channel=channel).delete()
    new.update(**changes)
    Attempt.objects.bulk_create(Attempt(item=item, number=1) for item in new)


def days(count: float) -> Any:
    return NOW - timedelta(days=count)


@pytest.mark.parametrize(
    ("channel", "changes", "is_deleted"),
    [
        (Channel.MAIL, {"state": OutboxState.DELIVERED, "finished_at": days(91)}, True),
        (Channel.MAIL, {"state": OutboxState.FAILED, "finished_at": days(91)}, True),
        (Channel.MAIL, {"state": OutboxState.CANCELLED, "finished_at": days(91)}, True),
        (Channel.MAIL, {"state": OutboxState.DELIVERED, "finished_at": days(89), "created_at": days(400)}, False),
        (Channel.MAIL, {"created_at": days(400)}, False),
        (Channel.BELL, {"read_at": days(91)}, True),
        (Channel.BELL, {"read_at": days(89), "created_at": days(300)}, False),
        (Channel.BELL, {"created_at": days(366)}, True),
        (Channel.BELL, {"created_at": days(364)}, False),
    ],
)
def test_a_row_is_deleted_after_its_period(
    ada: User, channel: Channel, changes: dict[str, object], is_deleted: bool
) -> None:
    written(ada, channel, **changes)
    tasks.delete_old()
    assert (OutboxItem.objects.exists(), Attempt.objects.exists()) == (not is_deleted, not is_deleted)


def test_the_period_is_a_setting(ada: User, settings: Any) -> None:
    settings.SLUICE_OUTBOX_DAYS = 31
    written(ada, Channel.BELL, read_at=days(32))
    tasks.delete_old()
    assert not OutboxItem.objects.exists()


def test_it_deletes_in_pieces_until_its_time_is_over(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PIECE", 2)
    written(ada, Channel.BELL, count=5, read_at=days(91))
    assert retention.delete_old(seconds=0) == 0
    assert retention.delete_old() == 5


def test_beat_asks_for_it() -> None:
    app.finalize()
    assert "outbox.delete_old" in {entry["task"] for entry in app.conf.beat_schedule.values()}
