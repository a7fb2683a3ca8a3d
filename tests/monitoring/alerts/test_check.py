"""The check of every minute: connections, keys, mutes that ended, escalation, and what is over."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from monitoring.alert_models import Alert, AlertMute, AlertSettings, AlertThreshold
from monitoring.alerts.acknowledgement import acknowledge
from monitoring.alerts.check import KEPT, NOT_KNOWN, check_tenant
from monitoring.alerts.escalation import due, escalate_due
from monitoring.models import StreamHealth
from monitoring.tasks import check_alerts, check_alerts_of_tenant, escalate_alerts
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.outbox.models import OutboxItem, WebhookEndpoint
from portal.tenancy.models import Tenant, TenantRole, User
from tests.monitoring.alerts.conftest import GOOD, MINUTE, SILENT, read, sent
from tests.monitoring.conftest import NOW, live_integration, person

pytestmark = pytest.mark.django_db
HOUR, DAY = 60 * MINUTE, timedelta(days=1)


def check(at: datetime = NOW) -> None:
    for tenant in Tenant.objects.all():
        check_tenant(tenant, now=at)
        escalate_due(tenant, now=at)


def verified(connection: Connection | None, at: datetime = NOW) -> None:
    assert connection is not None
    fields = {"state": "verified", "state_since": NOW - DAY, "checked_at": at, "verified_at": at}
    Connection.objects.filter(pk=connection.pk).update(**fields)


def degraded(connection: Connection | None, since: datetime) -> None:
    assert connection is not None
    verdict = Message("trust.denied_since")
    Connection.objects.filter(pk=connection.pk).update(state="degraded", state_since=since, verdict=verdict)


def checked(integration: Integration, at: datetime) -> None:
    times = {"checked_at": at, "valid_until": at + 15 * MINUTE}
    StreamHealth.objects.update_or_create(integration=integration, defaults=times)


def kinds() -> list[tuple[str, str]]:
    return list(Alert.objects.order_by("pk").values_list("kind", "state"))


def test_a_broken_connection_is_one_alert_over_all_its_streams(integration: Integration) -> None:
    for number in range(40):
        live_integration(integration.tenant, f"sluice-{number}")
    degraded(integration.connection, NOW - 4 * MINUTE)
    check()
    assert kinds() == []
    check(NOW + MINUTE)
    alert = Alert.objects.get()
    assert (alert.kind, alert.stream_count, alert.affected.count()) == ("connection_broken", 41, 41)
    assert text_of(alert.message) == (
        "AWS has denied the role of the connection c-111122223333 (1111 2222 3333) for 5 minutes."
    )
    assert sent() == ["alert_opened"]
    verified(integration.connection, NOW + 2 * MINUTE)
    check(NOW + 2 * MINUTE)
    check(NOW + 7 * MINUTE)
    assert kinds()[0] == ("connection_broken", "closed")
    assert sent() == ["alert_opened", "alert_closed"]


def test_only_the_first_hundred_streams_of_a_cause_are_kept(integration: Integration) -> None:
    for number in range(101):
        live_integration(integration.tenant, f"sluice-{number}")
    degraded(integration.connection, NOW - HOUR)
    check()
    alert = Alert.objects.get()
    assert (alert.stream_count, alert.affected.count()) == (102, 100)


def test_a_connection_that_breaks_again_and_again_is_one_alert_of_which_people_are_notified_once(
    integration: Integration,
) -> None:
    for minute in range(0, 60, 6):
        degraded(integration.connection, NOW + (minute - 10) * MINUTE)
        check(NOW + minute * MINUTE)
        verified(integration.connection, NOW + (minute + 3) * MINUTE)
        check(NOW + (minute + 3) * MINUTE)
    alert = Alert.objects.get(kind="connection_broken")
    assert (alert.state, alert.flap_count, alert.notice_count) == ("open", 9, 1)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, int]]:
    """What the schedule sends: one message for each tenant, so that none waits for another's check or its fault."""
    sent_messages: list[dict[str, int]] = []
    monkeypatch.setattr(check_alerts_of_tenant, "apply_async", lambda kwargs, **_: sent_messages.append(kwargs))
    return sent_messages


def test_an_account_that_is_not_read_any_more_is_one_alert(integration: Integration) -> None:
    other = live_integration(integration.tenant, "sluice-other")
    elsewhere = live_integration(integration.tenant, "sluice-us", region="us-east-1")
    verified(integration.connection)
    for stream in (integration, other, elsewhere):
        checked(stream, NOW)
    check(NOW + 10 * MINUTE)
    verified(integration.connection, NOW + 40 * MINUTE)
    checked(elsewhere, NOW + 40 * MINUTE)
    check(NOW + 40 * MINUTE)
    alert = Alert.objects.get()
    assert (alert.kind, alert.state, alert.stream_count) == ("metrics_missing", "open", 2)
    assert alert.cause.endswith("-eu-west-1")
    for minute in (41, 46):
        checked(other, NOW + minute * MINUTE)
        check(NOW + minute * MINUTE)
    assert kinds() == [("metrics_missing", "closed")]


def test_a_broken_connection_explains_that_its_streams_are_not_read(integration: Integration) -> None:
    checked(integration, NOW - 2 * HOUR)
    degraded(integration.connection, NOW - HOUR)
    check()
    assert kinds() == [("connection_broken", "open")]


def test_a_connection_that_was_not_tested_lately_opens_and_closes_nothing(integration: Integration) -> None:
    degraded(integration.connection, NOW - HOUR)
    check()
    Connection.objects.update(state="verified", checked_at=NOW - DAY)
    check(NOW + MINUTE)
    assert kinds() == [("connection_broken", "open")]


def test_an_old_access_key_is_an_alert_until_it_is_replaced(integration: Integration) -> None:
    verified(integration.connection)
    checked(integration, NOW)
    shared = {"integration": integration, "user_name": "sluice-sensors", "state": "in_use"}
    old = Credential.objects.create(attempt=1, **shared)
    Credential.objects.filter(pk=old.pk).update(created_at=NOW - 119 * DAY)
    check()
    assert kinds() == []
    Credential.objects.filter(pk=old.pk).update(created_at=NOW - 120 * DAY)
    check(NOW + MINUTE)
    assert kinds() == [("key_old", "open")]
    Credential.objects.filter(pk=old.pk).update(state="deleted")
    Credential.objects.create(attempt=2, **shared)
    Credential.objects.filter(attempt=2).update(created_at=NOW)
    check(NOW + 2 * MINUTE)
    assert kinds() == [("key_old", "closed")]


def test_an_openpgp_key_that_expires_is_an_alert_of_the_streams_that_use_it(integration: Integration) -> None:
    verified(integration.connection)
    checked(integration, NOW)
    key = PgpKey.objects.create(
        tenant=integration.tenant,
        fingerprint="A" * 40,
        user_ids=["Ada"],
        confirmed_at=NOW,
        expires_at=NOW + 13 * DAY,
    )
    check()
    assert kinds() == [], "no access key is encrypted to it"
    integration.recipients.add(key)
    check(NOW + MINUTE)
    alert = Alert.objects.get()
    assert (alert.kind, alert.cause, alert.stream_count) == ("certificate_expiring", f"pgp-key-{key.uid}", 1)
    integration.recipients.remove(key)
    check(NOW + 2 * MINUTE)
    alert.refresh_from_db()
    assert (alert.state, alert.closed_because) == ("closed", Message("alert.key_not_used"))


def test_no_one_acknowledges_it_so_it_is_escalated_once(integration: Integration, admin: User) -> None:
    viewer = person("viewer", integration.tenant, TenantRole.VIEWER)
    read(integration, SILENT, 0)
    check(NOW + 59 * MINUTE)
    assert "alert_escalated" not in sent()
    Alert.objects.update(clear_since=NOW + 59 * MINUTE)
    check(NOW + 60 * MINUTE)
    assert "alert_escalated" not in sent(), "its condition has ended"
    Alert.objects.update(clear_since=None)
    for minute in (60, 61, 600):
        check(NOW + minute * MINUTE)
    escalated = OutboxItem.objects.filter(kind="alert_escalated", channel="bell")
    assert [item.recipient for item in escalated] == [admin]
    assert "within 60 minutes" in text_of(escalated[0].body)
    AlertSettings.objects.create(tenant=integration.tenant, escalation_minutes=5, escalate_to=viewer)
    read(integration, GOOD, 61, 70)
    read(integration, SILENT, 300)
    check(NOW + 305 * MINUTE)
    assert [item.recipient for item in escalated.order_by("pk")] == [admin, viewer]


def test_only_tenants_with_an_alert_that_is_due_are_escalated(
    integration: Integration, admin: User, outsider: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    contoso = Tenant.objects.get(slug="contoso")
    theirs = live_integration(contoso, account="444455556666")
    AlertSettings.objects.create(tenant=contoso, escalation_minutes=0)
    for stream in (integration, theirs):
        read(stream, SILENT, 0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR - timedelta(seconds=1))
    with django_assert_num_queries(1):
        escalate_alerts()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)
    assert [row.tenant for row in due(now=NOW + HOUR)] == [integration.tenant]
    for _again in range(2):
        escalate_alerts()
    assert [row.recipient for row in OutboxItem.objects.filter(kind="alert_escalated", channel="bell")] == [admin]
    Tenant.objects.update(is_suspended=True)
    Alert.objects.update(escalated_at=None)
    assert not due(now=NOW + HOUR).exists()


def test_who_left_is_not_escalated_to(integration: Integration, admin: User) -> None:
    viewer = person("viewer", integration.tenant, TenantRole.VIEWER)
    AlertSettings.objects.create(tenant=integration.tenant, escalation_minutes=5, escalate_to=viewer)
    viewer.memberships.all().delete()
    read(integration, SILENT, 0)
    check(NOW + 5 * MINUTE)
    assert [row.recipient for row in OutboxItem.objects.filter(kind="alert_escalated", channel="bell")] == [admin]


@pytest.mark.parametrize("minutes", [0, 60])
def test_what_is_acknowledged_or_not_to_be_escalated_is_not(integration: Integration, minutes: int) -> None:
    AlertSettings.objects.create(tenant=integration.tenant, escalation_minutes=minutes)
    read(integration, SILENT, 0)
    if minutes:
        acknowledge(alert=Alert.objects.get(), actor="ada@example.test")
    check(NOW + 10 * HOUR)
    assert sent() == ["alert_opened"]


def test_when_a_mute_ends_and_the_condition_holds_it_is_sent(integration: Integration) -> None:
    mute = {"tenant": integration.tenant, "integration": integration, "kind": "silence", "reason": "Drill"}
    AlertMute.objects.create(ends_at=NOW + HOUR, created_by="ada", **mute)
    read(integration, SILENT, 0, 30)
    check(NOW + 30 * MINUTE)
    assert (kinds(), sent()) == ([("silence", "open")], [])
    check(NOW + 61 * MINUTE)
    check(NOW + 62 * MINUTE)
    assert sent() == ["alert_opened"]


def test_when_a_mute_ends_and_the_condition_is_over_nothing_is_sent(integration: Integration) -> None:
    mute = {"tenant": integration.tenant, "integration": integration, "kind": "silence", "reason": "Drill"}
    AlertMute.objects.create(ends_at=NOW + HOUR, created_by="ada", **mute)
    read(integration, SILENT, 0)
    read(integration, GOOD, 30, 40)
    check(NOW + 2 * HOUR)
    assert (kinds(), sent()) == ([("silence", "closed")], [])


def test_an_alert_that_ends_while_it_is_muted_ends_its_incident_and_notifies_no_one(integration: Integration) -> None:
    chosen = ["alert_opened", "alert_closed"]
    WebhookEndpoint.objects.create(tenant=integration.tenant, service="pagerduty", kinds=chosen)
    read(integration, SILENT, 0)
    mute = {"tenant": integration.tenant, "integration": integration, "kind": "silence", "reason": "Drill"}
    AlertMute.objects.create(ends_at=NOW + HOUR, created_by="ada", **mute)
    read(integration, GOOD, 30, 40)
    closed = OutboxItem.objects.filter(kind="alert_closed")
    assert [row.channel for row in closed] == ["webhook"]
    assert closed.get().event == OutboxItem.objects.get(kind="alert_opened", channel="webhook").event


def test_alerts_of_a_removed_stream_close(integration: Integration) -> None:
    read(integration, SILENT, 0)
    Integration.objects.update(state="provisioning")
    check(NOW + MINUTE)
    assert kinds() == [("silence", "open")], "an update says nothing of it"
    Integration.objects.update(state="removed")
    check(NOW + 2 * MINUTE)
    assert Alert.objects.get().closed_because == Message("alert.stream_removed")


def test_what_was_not_known_for_a_week_closes_and_what_is_old_is_deleted(integration: Integration) -> None:
    read(integration, SILENT, 0)
    check(NOW + NOT_KNOWN - MINUTE)
    assert kinds()[0] == ("silence", "open")
    check(NOW + NOT_KNOWN)
    alert = Alert.objects.get(kind="silence")
    assert (alert.state, alert.closed_because) == ("closed", Message("alert.not_known"))
    check(NOW + NOT_KNOWN + KEPT + MINUTE)
    assert not Alert.objects.filter(kind="silence").exists()


def test_each_tenant_is_checked_in_a_task_of_its_own(
    integration: Integration, outsider: User, messages: list[dict[str, int]]
) -> None:
    for tenant in Tenant.objects.all():
        stream = live_integration(tenant, "sluice-more", account="999988887777")
        degraded(stream.connection, timezone.now() - HOUR)
    check_alerts()
    assert len(messages) == Tenant.objects.count() == 2
    for message in [*messages, {"tenant_id": 0}]:
        check_alerts_of_tenant(**message)
    assert Alert.objects.filter(kind="connection_broken").values("tenant").distinct().count() == 2
    assert not AlertThreshold.objects.exists()
