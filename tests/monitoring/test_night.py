"""A night of an office, in fast time: CloudWatch is read as on schedule, minute by minute, from evening to noon.

The sensors send each minute while people are there, and one batch at two in the morning. Next morning the gateway does
not begin at seven: it has lost its connection until twenty to eight.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitoring.alert_models import Alert
from monitoring.alerts.check import check_tenant
from monitoring.collection.collector import collect
from monitoring.models import ExpectedHours, StateChange, StreamHealth
from monitoring.silence.calendar import Calendar
from monitoring.silence.minutes import HOURS, Minutes, hour_of, start_of
from monitoring.silence.stored import as_json
from monitoring.state_history import SILENT_CODES
from onboarding.connections.sessions import session_for
from onboarding.models.integration import Integration
from portal.aws.policies.session_policies import SessionScope
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession
from tests.monitoring.alerts.conftest import people_are_notified, sent
from tests.monitoring.conftest import REGION

__all__ = ["people_are_notified"]
pytestmark = [pytest.mark.audit, pytest.mark.django_db, pytest.mark.timeout(600)]

OSLO = ZoneInfo("Europe/Oslo")
MINUTE = timedelta(minutes=1)
EVENING = datetime(2026, 11, 18, 17, tzinfo=OSLO)  # a Wednesday
NOON = datetime(2026, 11, 19, 12, tzinfo=OSLO)
OPENS, RETURNS = (datetime(2026, 11, 19, 7, minute, tzinfo=OSLO) for minute in (0, 40))
RECORDS = 30.0


def is_usual(at: datetime) -> bool:
    """Whether the building sends in this minute on every other day."""
    local = at.astimezone(OSLO)
    return (local.weekday() < 5 and 7 <= local.hour < 18) or (local.hour == 2 and local.minute < 10)


def is_sent(at: datetime) -> bool:
    return is_usual(at) and not OPENS <= at < RETURNS


@dataclass
class Seen:
    """What the portal said, and when that began."""

    states: list[tuple[datetime, str]] = field(default_factory=list)
    alerts: list[tuple[datetime, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    readings: int = 0

    def look(self, integration: Integration, at: datetime) -> None:
        health = StreamHealth.objects.filter(integration=integration).first()
        state = health.message.code if health and health.message else ""
        _note(self.states, at, state)
        _note(self.alerts, at, tuple(Alert.objects.order_by("pk").values_list("kind", "state")))


def _note(seen: list[tuple[datetime, Any]], at: datetime, value: object) -> None:
    if not seen or seen[-1][1] != value:
        seen.append((at, value))


@pytest.fixture
def building(aws: AwsSession, integration: Integration, settings) -> AwsSession:
    """The client's account: a stream, what CloudWatch has of it, and four weeks that Sluice has learned from."""
    settings.SLUICE_METRIC_DELAY_SECONDS = 120
    connection = integration.connection
    assert connection is not None
    account = session_for(connection, REGION, f"metrics-{connection.uid}", SessionScope.METRICS)
    account.client("kinesis").create_stream(StreamName="sluice-sensors", ShardCount=2)
    end = hour_of(EVENING)
    minutes = Minutes()
    for hour in range(end - HOURS, end):
        begin = start_of(hour)
        minutes = minutes.with_hour(hour, (at for m in range(60) if is_usual(at := begin + m * MINUTE)))
    ExpectedHours.objects.create(
        integration=integration,
        zone="Europe/Oslo",
        country="NO",
        end_hour=end,
        minutes=minutes.packed(),
        learned=as_json(minutes, Calendar("Europe/Oslo", "NO")),
    )
    published(account, EVENING - timedelta(hours=3), NOON, is_sent)
    return account


def published(account: AwsSession, begin: datetime, end: datetime, is_one: Callable[[datetime], bool]) -> None:
    """Put the metrics of each minute in which the building sends."""
    count = int((end - begin) / MINUTE)
    moments = [at for minute in range(count) if is_one(at := begin + minute * MINUTE)]
    dimensions = (("StreamName", "sluice-sensors"),)
    for name, unit, value in (("IncomingRecords", "Count", RECORDS), ("IncomingBytes", "Bytes", 200 * RECORDS)):
        put_metric_data(account, "AWS/Kinesis", [MetricDatum(name, dimensions, value, unit, at) for at in moments])


def replayed(integration: Integration) -> Seen:
    """Let the schedule and the check of alerts run each minute, from evening to noon."""
    seen, at = Seen(), EVENING
    while at <= NOON:
        now = at + timedelta(seconds=20)
        seen.readings += collect(connection_id=integration.connection_id or 0, region=REGION, now=now, only_due=True)
        check_tenant(integration.tenant, now=now)
        seen.look(integration, at)
        at += MINUTE
    return seen


def test_a_quiet_night_is_no_fault_and_a_quiet_morning_is_one_alert(
    building: AwsSession, integration: Integration
) -> None:
    seen = replayed(integration)

    opened = [(at, alerts) for at, alerts in seen.alerts if alerts]
    assert [alerts for _, alerts in opened] == [(("silence", "open"),), (("silence", "closed"),)], seen
    found, over = (at for at, _ in opened)
    assert OPENS < found <= OPENS + timedelta(minutes=15)
    assert RETURNS < over <= RETURNS + timedelta(minutes=20)
    assert sent(about="silence") == ["alert_opened", "alert_closed"]

    silent = [at for at, code in seen.states if code in SILENT_CODES]
    assert len(silent) == 1, seen.states
    assert OPENS < silent[0] <= OPENS + timedelta(minutes=15)
    history = list(StateChange.objects.filter(integration=integration).order_by("at").values_list("state", flat=True))
    assert history.count("failing") == 1, history
    assert seen.readings < 600, "CloudWatch is not read each minute of a night in which nothing is expected"
