import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.alert_models import Alert, AlertMute
from monitoring.alerts import mutes
from monitoring.alerts.acknowledgement import acknowledge
from monitoring.alerts.check import check_tenant
from monitoring.alerts.moments import moment
from monitoring.alerts.mute_services import mute_alert, mute_kind, unmute
from monitoring.alerts.stream_alerts import note_streams
from onboarding.models.integration import Integration
from portal.tenancy.models import AuditEvent, User
from tests.monitoring.alerts.conftest import GOOD, MINUTE, SILENT, reading, sent
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LOCKING = re.compile(r'FOR NO KEY UPDATE OF "(\w+)"')


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def alert(integration: Integration, now: datetime) -> Alert:
    """An open alert of which everyone was notified."""
    note_streams([reading(integration, SILENT, now)], now=now)
    return Alert.objects.get()


def codes(error: ValidationError) -> dict[str, list[str]]:
    return {field: [each.code for each in errors] for field, errors in error.error_dict.items()}


def test_acknowledged_once_with_name_and_note(alert: Alert, admin: User) -> None:
    acknowledge(alert=alert, actor=admin, note="  Called the vendor ")
    found = acknowledge(alert=alert, actor="someone else", note="again")
    assert (found.state, found.acknowledged_by, found.note) == ("acknowledged", admin.email, "Called the vendor")
    event = AuditEvent.objects.get(action="monitoring:alert:acknowledged")
    assert event.target == "Silence: sluice-sensors"
    assert event.details == {"kind": "silence", "note": "Called the vendor"}


def test_a_closed_alert_is_neither_acknowledged_nor_muted(alert: Alert, admin: User, now: datetime) -> None:
    Alert.objects.update(state="closed")
    with pytest.raises(ValidationError) as refused:
        acknowledge(alert=alert, actor=admin)
    assert refused.value.code == "alert.not_open"
    with pytest.raises(ValidationError) as refused:
        mute_alert(alert=alert, ends_at=now + DAY, reason="Drill", actor=admin)
    assert refused.value.code == "alert.not_open"
    assert not AlertMute.objects.exists()


@pytest.mark.parametrize(
    ("after", "reason", "expected"),
    [
        (-DAY, "Drill", {"ends_at": ["alert.mute_in_the_past"]}),
        (timedelta(), "Drill", {"ends_at": ["alert.mute_in_the_past"]}),
        (91 * DAY, "Drill", {"ends_at": ["alert.mute_too_long"]}),
        (DAY, "  ", {"reason": ["alert.reason_missing"]}),
        (DAY, "x" * 301, {"reason": ["alert.text_too_long"]}),
    ],
)
def test_a_mute_needs_an_end_in_the_next_90_days_and_a_reason(
    alert: Alert,
    integration: Integration,
    admin: User,
    now: datetime,
    after: timedelta,
    reason: str,
    expected: dict[str, list[str]],
) -> None:
    given = {"ends_at": now + after, "reason": reason, "actor": admin}
    for mute in (
        lambda: mute_alert(alert=alert, **given),
        lambda: mute_kind(integration=integration, kind="silence", **given),
    ):
        with pytest.raises(ValidationError) as refused:
            mute()
        assert codes(refused.value) == expected
    assert not AlertMute.objects.exists()


def test_only_kinds_of_streams_are_muted_of_a_stream(integration: Integration, admin: User, now: datetime) -> None:
    for kind in ("connection_broken", "certificate_expiring", "weather"):
        with pytest.raises(ValidationError) as refused:
            mute_kind(integration=integration, kind=kind, ends_at=now + DAY, reason="Drill", actor=admin)
        assert codes(refused.value) == {"kind": ["alert.kind_unknown"]}


def test_while_an_alert_is_muted_nothing_is_sent_and_it_is_sent_again_at_the_end(
    alert: Alert, admin: User, now: datetime
) -> None:
    mute_alert(alert=alert, ends_at=now + 60 * MINUTE, reason="Drill", actor=admin)
    check_tenant(alert.tenant, now=now + 59 * MINUTE)
    assert sent(about="silence") == ["alert_opened"]
    check_tenant(alert.tenant, now=now + 61 * MINUTE)
    check_tenant(alert.tenant, now=now + 62 * MINUTE)
    assert sent(about="silence") == ["alert_opened", "alert_opened"]


def test_a_muted_alert_that_closes_says_nothing(
    alert: Alert, integration: Integration, admin: User, now: datetime
) -> None:
    mute_kind(integration=integration, kind="silence", ends_at=now + DAY, reason="Drill", actor=admin)
    for minute in (1, 10):
        note_streams([reading(integration, GOOD, now + minute * MINUTE)], now=now + minute * MINUTE)
    alert.refresh_from_db()
    assert (alert.state, sent(about="silence")) == ("closed", ["alert_opened"])


def test_an_alert_that_closes_after_its_mute_says_so(
    alert: Alert, integration: Integration, admin: User, now: datetime
) -> None:
    mute_alert(alert=alert, ends_at=now + 60 * MINUTE, reason="Drill", actor=admin)
    for minute in (58, 61, 70):
        at = now + minute * MINUTE
        check_tenant(integration.tenant, now=at)
        note_streams([reading(integration, GOOD, at)], now=at)
    alert.refresh_from_db()
    assert (alert.state, sent(about="silence")) == ("closed", ["alert_opened", "alert_closed"])


def test_unmuting_sends_what_was_held_back(integration: Integration, admin: User, now: datetime) -> None:
    mute = mute_kind(integration=integration, kind="silence", ends_at=now + DAY, reason="Drill", actor=admin)
    note_streams([reading(integration, SILENT, now)], now=now)
    assert sent(about="silence") == []
    unmute(mute=mute, actor=admin)
    unmute(mute=mute, actor=admin)
    assert sent(about="silence") == ["alert_opened"]
    mute.refresh_from_db()
    assert mute.ended_by == admin.email
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "monitoring:alert:muted",
        "monitoring:alert:unmuted",
    ]


def test_an_acknowledged_alert_is_not_sent_again_after_its_mute(alert: Alert, admin: User, now: datetime) -> None:
    acknowledge(alert=alert, actor=admin)
    mute_alert(alert=alert, ends_at=now + 60 * MINUTE, reason="Drill", actor=admin)
    check_tenant(alert.tenant, now=now + 61 * MINUTE)
    assert sent(about="silence") == ["alert_opened"]


def test_a_new_mute_replaces_the_earlier_one(alert: Alert, admin: User, now: datetime) -> None:
    for days in (2, 1):
        mute_alert(alert=alert, ends_at=now + days * DAY, reason="Drill", actor=admin)
    [active] = mutes.active(alert.tenant_id, now=now)
    assert active.ends_at == now + DAY


def test_a_mute_of_a_kind_is_that_of_its_stream_alone(integration: Integration, admin: User, now: datetime) -> None:
    other = live_integration(integration.tenant, "sluice-other")
    mute_kind(integration=other, kind="silence", ends_at=now + DAY, reason="Drill", actor=admin)
    for stream in (integration, other):
        note_streams([reading(stream, SILENT, now)], now=now)
    rows = list(Alert.objects.order_by("pk"))
    found = mutes.mutes_of(rows, integration.tenant_id, now=now)
    assert [row.pk in found for row in rows] == [False, True]
    assert [mutes.mute_of(row, now=now) is not None for row in rows] == [False, True]
    assert sent(about="silence") == ["alert_opened"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-11-28T06:00", datetime(2026, 11, 28, 6, tzinfo=UTC)),
        (" 2026-11-28T06:00+02:00 ", datetime(2026, 11, 28, 4, tzinfo=UTC)),
    ],
)
def test_a_moment_is_utc_unless_it_names_a_zone(typed: str, expected: datetime) -> None:
    assert moment(typed) == expected


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01T00:00", "0001-01-01T00:00+14:00", "9" * 400])
def test_what_is_no_moment_is_said_at_its_field(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        moment(typed)
    assert codes(refused.value) == {"ends_at": ["alert.not_a_time"]}


def test_the_integration_is_locked_before_the_alerts(alert: Alert, integration: Integration, admin: User) -> None:
    ends_at = timezone.now() + DAY
    with CaptureQueriesContext(connection) as queries:
        mute = mute_kind(integration=integration, kind="silence", ends_at=ends_at, reason="Drill", actor=admin)
        unmute(mute=mute, actor=admin)
    locked = [match.group(1) for query in queries if (match := LOCKING.search(query["sql"]))]
    assert locked == 2 * ["onboarding_integration", "monitoring_alert"]
