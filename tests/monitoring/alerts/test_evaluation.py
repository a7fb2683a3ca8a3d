"""Alerts open, are notified of once, flap, close and open again; and no two workers open two."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from monitoring.alert_models import Alert, AlertKind, AlertState, AlertThreshold
from monitoring.alerts import evaluation
from monitoring.alerts.observation import Measured, Observation
from monitoring.alerts.stream_alerts import note_streams
from onboarding.models.integration import Integration
from portal import database_scope
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from portal.outbox import outbox, tasks
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant
from tests.monitoring.alerts.conftest import (
    BEHIND,
    GOOD,
    MINUTE,
    SILENT,
    THROTTLED,
    UNREADABLE,
    read,
    reading,
    sent,
)
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db


def states(kind: str = "silence") -> list[str]:
    return list(Alert.objects.filter(kind=kind).order_by("pk").values_list("state", flat=True))


def test_silence_opens_at_once_and_everyone_is_notified_once(integration: Integration) -> None:
    read(integration, SILENT, 0, 1, 2, 5)
    alert = Alert.objects.get()
    assert (alert.kind, alert.state, alert.cause) == ("silence", "open", f"stream-{integration.uid}")
    assert [row.integration for row in alert.affected.all()] == [integration]
    assert (alert.value, alert.threshold) == (20, 10)
    assert text_of(alert.message).startswith("No records have arrived in sluice-sensors for 20 minutes")
    assert alert.evidence is not None
    assert alert.evidence.code == "stream.silent"
    assert sent() == sent("mail") == ["alert_opened"]
    item = OutboxItem.objects.filter(channel="mail").get()
    assert item.subject == "Alert: Silence: sluice-sensors"
    assert item.path == f"/t/northwind/alerts/{alert.uid}/"
    assert "Diagnose the stream" in todo_of(item.body)


def test_an_alert_opens_only_after_its_condition_has_held(integration: Integration) -> None:
    read(integration, BEHIND, 0, 1, 4)
    assert (states("iterator_age"), sent()) == (["pending"], [])
    read(integration, BEHIND, 5)
    assert (states("iterator_age"), sent()) == (["open"], ["alert_opened"])
    read(integration, THROTTLED, 6)
    read(integration, GOOD, 7)
    assert states("writes_throttled") == [], "a condition that passed leaves nothing"


def test_it_closes_after_a_while_and_people_are_notified_of_that(integration: Integration) -> None:
    read(integration, SILENT, 0)
    read(integration, GOOD, 1, 5)
    assert states() == ["open"]
    read(integration, GOOD, 6)
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_because) == ("closed", Message("alert.condition_ended"))
    assert sent() == ["alert_opened", "alert_closed"]


def test_a_verdict_that_is_unknown_neither_opens_nor_closes(integration: Integration) -> None:
    read(integration, UNREADABLE, 0, 20)
    assert not Alert.objects.exists()
    read(integration, SILENT, 21)
    read(integration, UNREADABLE, *range(22, 60))
    assert states() == ["open"]


def test_a_flapping_stream_is_one_alert_with_a_count_that_waits_longer(integration: Integration) -> None:
    for minute in range(0, 60, 4):
        read(integration, SILENT, minute)
        read(integration, GOOD, minute + 2)
    alert = Alert.objects.get()
    assert (alert.state, alert.flap_count) == ("open", 14)
    assert sent() == ["alert_opened"]
    read(integration, GOOD, 60, 70, 80, 87)
    assert states() == ["open"], "six times five minutes after so many flaps"
    read(integration, GOOD, 88)
    assert states() == ["closed"]


def test_what_comes_back_within_an_hour_is_the_same_alert(integration: Integration) -> None:
    read(integration, SILENT, 0)
    read(integration, GOOD, 1, 6)
    read(integration, SILENT, 40)
    alert = Alert.objects.get()
    assert (alert.state, alert.flap_count, alert.notice_count) == ("open", 1, 2)
    assert sent() == ["alert_opened", "alert_closed", "alert_opened"]
    read(integration, GOOD, 41, 52)
    read(integration, SILENT, 200)
    assert states() == ["closed", "open"], "later it is another one"


def test_readings_that_come_twice_late_or_out_of_order_change_nothing(integration: Integration) -> None:
    read(integration, SILENT, 10, 10, 3)
    read(integration, GOOD, 4, 5, 9, 10)
    assert (states(), sent()) == (["open"], ["alert_opened"])


def test_streams_that_fall_silent_an_hour_apart_have_alerts_of_their_own(integration: Integration) -> None:
    other = live_integration(integration.tenant, "sluice-other")
    read(integration, SILENT, 0)
    read(other, SILENT, 62)
    assert Alert.objects.count() == 2


def test_a_threshold_of_the_stream_comes_before_the_tenants(integration: Integration) -> None:
    own = {"tenant": integration.tenant, "kind": "silence"}
    AlertThreshold.objects.create(value=30, **own)
    read(integration, SILENT, 0)
    assert states() == []
    AlertThreshold.objects.create(value=15, integration=integration, **own)
    read(integration, SILENT, 1)
    assert states() == ["open"]


def test_an_alert_that_is_switched_off_closes_at_the_next_reading(integration: Integration) -> None:
    read(integration, SILENT, 0)
    AlertThreshold.objects.create(tenant=integration.tenant, kind="silence", is_off=True)
    read(integration, SILENT, 1)
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_because) == ("closed", Message("alert.switched_off"))
    read(integration, SILENT, 2, 90)
    assert states() == ["closed"]


def kill_this_process(*_args: object, **_kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_worker(integration: Integration, place: object, name: str, work: Callable[[], None] | None = None) -> None:
    """A process of its own that reads a silence and is killed when it calls the function of that name."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            setattr(place, name, kill_this_process)
            with database_scope.of_tenant(integration.tenant_id):
                work() if work else read(integration, SILENT, 0)
        finally:
            os._exit(1)  # too late: nothing killed it
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_opening_and_writing_has_done_neither(integration: Integration) -> None:
    killed_worker(integration, OutboxItem.objects, "bulk_create")
    assert not Alert.objects.exclude(state="pending").exists()
    assert sent() == []
    read(integration, SILENT, 1, 2)
    assert (states(), sent(), sent("mail")) == (["open"], ["alert_opened"], ["alert_opened"])


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_opened_that_was_killed_before_sending_is_sent_once(
    integration: Integration,
) -> None:
    killed_worker(integration, outbox, "hint")
    assert (states(), sent("mail")) == (["open"], ["alert_opened"])
    for minute in (1, 2):
        tasks.deliver()  # as the sweep does that finds what was not hinted
        read(integration, SILENT, 0, minute)
    assert [each.subject for each in mail.outbox] == ["Alert: Silence: sluice-sensors"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_see_the_same_at_once_open_one(integration: Integration) -> None:
    both = threading.Barrier(2)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with database_scope.of_tenant(integration.tenant_id):
                both.wait(30)
                note_streams([reading(integration, SILENT, NOW)], now=NOW)
        except BaseException as error:  # reported below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert (states(), sent(), sent("mail")) == (["open"], ["alert_opened"], ["alert_opened"])


def test_a_suspended_tenant_is_not_written_to(integration: Integration) -> None:
    Tenant.objects.update(is_suspended=True)
    read(integration, SILENT, 0)
    alert = Alert.objects.get()
    assert (alert.state, alert.needs_notice, sent()) == (AlertState.OPEN, True, [])


def test_no_query_more_for_a_stream_without_alerts(integration: Integration, django_assert_num_queries) -> None:
    streams = [integration, *(live_integration(integration.tenant, f"sluice-{number}") for number in range(8))]
    readings = [reading(stream, GOOD, NOW) for stream in streams]
    for some in (readings[:1], readings):
        with django_assert_num_queries(4):
            note_streams(some, now=NOW)


def test_evaluation_counts_what_changed(integration: Integration) -> None:
    assert note_streams([reading(integration, SILENT, NOW)], now=NOW) == 1
    assert note_streams([reading(integration, SILENT, NOW + MINUTE)], now=NOW) == 0
    assert evaluation.note(integration.tenant_id, [], now=NOW + timedelta(days=1)) == 0


def test_what_holds_unchanged_is_not_written_each_minute(integration: Integration) -> None:
    def old_key(minute: int) -> list[str]:
        at = NOW + minute * MINUTE
        days = 130 + minute / 1440
        measured = Measured(AlertKind.KEY_OLD, days)
        seen = Observation("stream-x", "sensors", at, measured, (integration.pk,), 1, timedelta(minutes=15))
        with CaptureQueriesContext(connection) as queries:
            evaluation.note(integration.tenant_id, [seen], now=at)
        return [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]

    assert old_key(0)
    assert [bool(old_key(minute)) for minute in range(1, 11)] == [False] * 4 + [True] + [False] * 4 + [True]
    AlertThreshold.objects.create(tenant=integration.tenant, kind="key_old", value=125)
    assert old_key(11), "the threshold that is shown is another"
    alert = Alert.objects.get()
    assert (alert.state, alert.flap_count, alert.threshold) == ("open", 0, 125)
