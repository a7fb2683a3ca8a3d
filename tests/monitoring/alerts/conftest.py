"""Readings of a stream along a timeline, as collections make them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitoring.alerts.stream_alerts import StreamReading, note_streams
from monitoring.health.inputs import HealthInputs
from monitoring.watched_streams import watched_stream_of
from onboarding.models.integration import Integration
from portal.outbox.models import OutboxItem
from portal.tenancy.models import User
from tests.monitoring.conftest import NOW

MINUTE = timedelta(minutes=1)
PATIENCE = timedelta(minutes=15)
GOOD = HealthInputs(records_per_second=5, silent_seconds=0)
SILENT = HealthInputs(silent_seconds=1200, stream_status="ACTIVE")
THROTTLED = HealthInputs(records_per_second=5, silent_seconds=0, throttled_writes=40)
BEHIND = HealthInputs(records_per_second=5, silent_seconds=0, iterator_age_seconds=1800)
UNREADABLE = HealthInputs()

Read = Callable[..., int]


@pytest.fixture(autouse=True)
def people_are_notified(settings: Any, clean_redis: str, admin: User) -> None:
    """The tenant has an admin, and the portal can send mail."""
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


def reading(integration: Integration, inputs: HealthInputs, at: datetime) -> StreamReading:
    return StreamReading(watched_stream_of(integration), inputs, at, PATIENCE)


def read(integration: Integration, inputs: HealthInputs, *minutes: int) -> None:
    """Collections of one stream so many minutes after NOW, each with these inputs."""
    for minute in minutes:
        at = NOW + minute * MINUTE
        note_streams([reading(integration, inputs, at)], now=at)


def sent(channel: str = "bell", *, about: str = "") -> list[str]:
    """The kinds of what was written into the outbox by a channel, in order; of all kinds of alerts, or about one."""
    rows = OutboxItem.objects.filter(channel=channel).order_by("pk")
    rows = rows.filter(message__params__kind=about) if about else rows
    return list(rows.values_list("kind", flat=True))
