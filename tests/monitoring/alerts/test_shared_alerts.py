"""One alert for one cause over many streams: it opens once, gains and loses streams, and closes with the last."""

import threading
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.alert_models import Alert, AlertMute, AlertSettings, AlertStream, AlertThreshold
from monitoring.alerts import selectors
from monitoring.alerts.acknowledgement import acknowledge
from monitoring.alerts.check import NOT_KNOWN, check_tenant
from monitoring.alerts.escalation import escalate_due
from monitoring.alerts.mute_services import mute_alert, mute_kind, unmute
from monitoring.alerts.stream_alerts import note_streams
from monitoring.health.inputs import HealthInputs
from onboarding.models.integration import Integration
from portal import database_scope
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from portal.outbox import outbox, tasks
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant, User
from tests.monitoring.alerts.conftest import GOOD, MINUTE, SILENT, THROTTLED, read, reading, sent
from tests.monitoring.alerts.test_evaluation import killed_worker, states
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db
SHORTER = HealthInputs(silent_seconds=900, stream_status="ACTIVE")


def streams_of(tenant: Tenant, count: int, *, name: str = "sluice", **fields: str) -> list[Integration]:
    return [live_integration(tenant, f"{name}-{number}", **fields) for number in range(count)]


def collected(streams: Iterable[Integration], inputs: HealthInputs, *minutes: int) -> None:
    """Collections that read all of these streams so many minutes after NOW."""
    for minute in minutes:
        at = NOW + minute * MINUTE
        note_streams([reading(stream, inputs, at) for stream in streams], now=at)


def silence() -> Alert:
    return Alert.objects.get(kind="silence")


def concerned(alert: Alert) -> int:
    return AlertStream.objects.filter(alert=alert, left_at=None).count()


def test_200_streams_that_fall_silent_are_one_alert_of_which_people_are_notified_once(northwind: Tenant) -> None:
    streams = streams_of(northwind, 200)
    collected(streams, SILENT, 0, 1, 6)
    alert = silence()
    assert (alert.kind, alert.state, alert.stream_count, concerned(alert)) == ("silence", "open", 200, 200)
    assert sent() == sent("mail") == ["alert_opened"]
    tasks.deliver()
    tasks.deliver()
    [message] = mail.outbox
    assert message.subject == "Alert: Silence: 200 streams of c-111122223333 (1111 2222 3333), eu-west-1"
    assert text_of(alert.message) == (
        "No records are arriving in 200 streams of c-111122223333 (1111 2222 3333), eu-west-1, "
        "at a time when they are expected. The longest silence is 20 minutes."
    )
    assert "first check what they share" in todo_of(alert.message)


def test_streams_recover_one_by_one_and_the_alert_closes_with_the_last(northwind: Tenant) -> None:
    first, second, third = streams = streams_of(northwind, 3)
    collected(streams, SILENT, 0)
    alert = silence()
    for minute, stream in ((1, first), (11, second)):
        collected([stream], GOOD, minute, minute + 5)
        collected([third], SILENT, minute + 5)
        alert.refresh_from_db()
        assert alert.state == "open"
    assert (alert.stream_count, selectors.open_counts([row.pk for row in streams])) == (1, {third.pk: 1})
    assert text_of(alert.title).startswith("Silence: 3 streams of"), "what it was about when it opened"
    assert "No records are arriving in 1 stream of" in text_of(alert.message)
    assert selectors.open_of_stream(first.pk) == []
    assert selectors.open_of_stream(third.pk) == [alert]
    assert sent() == ["alert_opened"], "no one is notified of each"
    collected([third], GOOD, 20, 25)
    alert.refresh_from_db()
    assert (alert.state, alert.closed_because, alert.stream_count) == ("closed", Message("alert.condition_ended"), 3)
    assert sent() == ["alert_opened", "alert_closed"]


def test_a_stream_that_falls_silent_soon_after_joins_and_no_one_is_notified_again(northwind: Tenant) -> None:
    first, second, third = streams_of(northwind, 3)
    collected([first], SILENT, 0)
    alert = silence()
    assert (alert.cause, text_of(alert.title)) == (f"stream-{first.uid}", "Silence: sluice-0")
    collected([second], SILENT, 5)
    collected([third], SILENT, 14)
    joined = silence()
    assert (joined.uid, joined.stream_count, joined.since, joined.notice_count) == (alert.uid, 3, NOW, 1)
    assert sent() == ["alert_opened"]
    collected([first], GOOD, 15, 20)
    joined.refresh_from_db()
    assert (joined.state, joined.stream_count) == ("open", 2), "the first may recover before the others"


def test_what_falls_silent_later_is_another_cause(northwind: Tenant) -> None:
    first, second = streams_of(northwind, 2)
    collected([first], SILENT, 0, 16)
    read(second, HealthInputs(silent_seconds=660, stream_status="ACTIVE"), 40)
    assert [row.cause for row in Alert.objects.order_by("pk")] == [f"stream-{row.uid}" for row in (first, second)]


def test_streams_that_stopped_together_join_though_their_thresholds_differ(northwind: Tenant) -> None:
    first, second = streams_of(northwind, 2)
    AlertThreshold.objects.create(tenant=northwind, integration=second, kind="silence", value=60)
    for minute in range(0, 45, 5):
        inputs = HealthInputs(silent_seconds=1200 + 60 * minute, stream_status="ACTIVE")
        collected([first, second], inputs, minute)
    alert = silence()
    assert (alert.stream_count, sent()) == (2, ["alert_opened"])
    assert sorted(alert.affected.values_list("threshold", flat=True)) == [10, 60]


def test_two_accounts_two_regions_and_two_kinds_of_senders_are_alerts_of_their_own(northwind: Tenant) -> None:
    groups = [
        streams_of(northwind, 2),
        streams_of(northwind, 2, name="other", account="444455556666"),
        streams_of(northwind, 2, name="far", region="us-east-1"),
        streams_of(northwind, 2, name="role"),
    ]
    for row in groups[3]:
        row.spec["producer"] = "role"
        row.save(update_fields=["spec"])
    collected([row for group in groups for row in group], SILENT, 0)
    assert [alert.stream_count for alert in Alert.objects.all()] == [2, 2, 2, 2]
    assert sent() == ["alert_opened"] * 4


def test_tenants_share_no_alert(integration: Integration, outsider: User) -> None:
    theirs = streams_of(Tenant.objects.get(slug="contoso"), 2)
    collected([integration, live_integration(integration.tenant, "sluice-two")], SILENT, 0)
    collected(theirs, SILENT, 0)
    for tenant in Tenant.objects.all():
        alert = Alert.objects.get(tenant=tenant)
        assert {row.integration.tenant for row in alert.affected.all()} == {tenant}


def test_a_kind_that_must_hold_for_a_while_opens_one_alert_for_all(northwind: Tenant) -> None:
    streams = streams_of(northwind, 3)
    collected(streams, THROTTLED, 0, 3)
    assert states("writes_throttled") == ["pending"] * 3
    collected(streams[:1], GOOD, 4)
    collected(streams[1:], THROTTLED, 5)
    alert = Alert.objects.get()
    assert (alert.state, alert.stream_count, alert.value) == ("open", 2, 40)
    assert text_of(alert.message).endswith(": at most 40 records of one stream in 5 minutes.")
    assert sent() == ["alert_opened"]


def test_a_stream_that_flaps_stays_in_the_alert_and_waits_longer(northwind: Tenant) -> None:
    first, _ = streams = streams_of(northwind, 2)
    collected(streams, SILENT, 0)
    collected([first], GOOD, 1)
    collected([first], SILENT, 3)
    collected([first], GOOD, 4, 9)
    assert concerned(silence()) == 2
    collected([first], GOOD, 14)
    assert concerned(silence()) == 1
    collected([first], SILENT, 30)
    alert = silence()
    assert (alert.stream_count, alert.flap_count, sent()) == (2, 2, ["alert_opened"]), "it comes back into the same"


def test_streams_that_fall_silent_again_within_an_hour_open_the_same_alert_again(northwind: Tenant) -> None:
    streams = streams_of(northwind, 4)
    collected(streams[:3], SILENT, 0)
    collected(streams[:3], GOOD, 1, 6)
    collected(streams[1:], SILENT, 40)
    alert = silence()
    assert (alert.state, alert.stream_count, alert.notice_count) == ("open", 3, 2)
    assert sent() == ["alert_opened", "alert_closed", "alert_opened"]
    assert text_of(alert.title).startswith("Silence: 3 streams of")


def test_what_is_not_known_of_a_stream_leaves_it_in_the_alert(northwind: Tenant) -> None:
    first, second = streams = streams_of(northwind, 2)
    collected(streams, SILENT, 0)
    collected([first], HealthInputs(), 1, 30)
    collected([second], GOOD, 1, 6)
    alert = silence()
    assert (alert.state, alert.stream_count) == ("open", 1)


def test_a_stream_that_is_removed_or_of_which_nothing_is_known_leaves_the_alert(northwind: Tenant) -> None:
    first, second, _ = streams = streams_of(northwind, 3)
    collected(streams, SILENT, 0)
    Integration.objects.filter(pk=first.pk).update(state="removed")
    check_tenant(northwind, now=NOW + MINUTE)
    assert silence().stream_count == 2
    last = int(NOT_KNOWN / MINUTE)
    collected([second], SILENT, last)
    check_tenant(northwind, now=NOW + last * MINUTE)
    assert Alert.objects.get(kind="silence").stream_count == 1
    Integration.objects.filter(pk=second.pk).update(state="removed")
    check_tenant(northwind, now=NOW + (last + 1) * MINUTE)
    alert = Alert.objects.get(kind="silence")
    assert (alert.state, alert.closed_because) == ("closed", Message("alert.stream_removed"))


def test_a_threshold_of_a_stream_that_is_turned_off_takes_it_out(northwind: Tenant) -> None:
    first, _ = streams = streams_of(northwind, 2)
    collected(streams, SILENT, 0)
    AlertThreshold.objects.create(tenant=northwind, integration=first, kind="silence", is_off=True)
    collected(streams, SILENT, 1)
    assert silence().stream_count == 1
    AlertThreshold.objects.create(tenant=northwind, kind="silence", is_off=True)
    collected(streams, SILENT, 2)
    alert = silence()
    assert (alert.state, alert.closed_because) == ("closed", Message("alert.switched_off"))


def test_what_someone_acknowledged_of_one_stream_gains_no_other(northwind: Tenant, admin: User) -> None:
    first, second, third = streams_of(northwind, 3)
    collected([first], SILENT, 0)
    acknowledge(alert=silence(), actor=admin, note="Maintenance of one gateway")
    collected([second], SILENT, 1)
    assert Alert.objects.count() == 2
    collected([third], SILENT, 2)
    assert sorted(Alert.objects.values_list("state", "stream_count")) == [("acknowledged", 1), ("open", 2)]
    acknowledge(alert=Alert.objects.get(state="open"), actor=admin)
    collected(streams_of(northwind, 1, name="more"), SILENT, 3)
    assert sorted(Alert.objects.values_list("stream_count", flat=True)) == [1, 3]
    assert sent() == ["alert_opened"] * 2


def test_a_muted_alert_over_streams_is_notified_of_once_when_the_mute_ends(
    northwind: Tenant, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    collected(streams_of(northwind, 2), SILENT, 0)
    alert = silence()
    mute = mute_alert(alert=alert, ends_at=NOW + 60 * MINUTE, reason="Known", actor=admin)
    assert list(selectors.alerts_of(northwind, state="muted")) == [alert]
    collected(streams_of(northwind, 1, name="more"), SILENT, 5)
    check_tenant(northwind, now=NOW + 30 * MINUTE)
    assert (silence().stream_count, sent(about="silence")) == (3, ["alert_opened"])
    unmute(mute=mute, actor=admin)
    assert sent(about="silence") == ["alert_opened"] * 2


def test_a_stream_whose_silence_is_muted_keeps_a_muted_alert_of_its_own(
    northwind: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    first, *_ = streams = streams_of(northwind, 3)
    named = {"tenant": northwind, "kind": "silence", "reason": "Drill", "created_by": "ada"}
    AlertMute.objects.create(integration=first, ends_at=NOW + 60 * MINUTE, **named)
    collected(streams, SILENT, 0)
    own, shared = Alert.objects.get(cause=f"stream-{first.uid}"), Alert.objects.get(cause__startswith="streams-")
    assert (own.needs_notice, shared.stream_count, sent()) == (True, 2, ["alert_opened"])
    assert list(selectors.alerts_of(northwind, state="muted")) == [own]


def test_to_mute_a_kind_of_one_stream_does_not_mute_what_others_share(
    northwind: Tenant, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    first, _ = streams = streams_of(northwind, 2)
    collected(streams, SILENT, 0)
    mute_kind(integration=first, kind="silence", ends_at=NOW + 60 * MINUTE, reason="Known", actor=admin)
    check_tenant(northwind, now=NOW + MINUTE)
    assert (sent(), list(selectors.alerts_of(northwind, state="muted"))) == (["alert_opened"], [])


def test_it_is_escalated_once_with_the_number_of_streams_by_then(northwind: Tenant, admin: User) -> None:
    AlertSettings.objects.create(tenant=northwind, escalation_minutes=5)
    collected(streams_of(northwind, 2), SILENT, 0)
    collected(streams_of(northwind, 3, name="more"), SILENT, 4)
    for minute in (5, 6):
        escalate_due(northwind, now=NOW + minute * MINUTE)
    [item] = OutboxItem.objects.filter(kind="alert_escalated", channel="bell")
    assert "5 streams of" in text_of(item.body)


def queries(streams: list[Integration], inputs: HealthInputs, *minutes: int) -> int:
    at = [NOW + minute * MINUTE for minute in minutes]
    readings = [([reading(stream, inputs, each) for stream in streams], each) for each in at]
    with CaptureQueriesContext(connection) as found:
        for some, now in readings:
            note_streams(some, now=now)
    return len(found)


def test_queries_do_not_grow_with_the_streams(northwind: Tenant) -> None:
    found = []
    for number, count in enumerate((3, 30)):
        streams = streams_of(northwind, count, name=f"group{number}", account=f"77778888000{number}")
        found.append(
            [
                queries(streams, SILENT, 0),
                queries(streams, SILENT, 6),
                queries(streams[:-1], GOOD, 7, 12),
                queries(streams, SILENT, 20),
                queries(streams, GOOD, 21, 40),
                queries(streams, SILENT, 41),
                queries(streams, THROTTLED, 101),
                queries(streams, THROTTLED, 106),
            ]
        )
    assert found[0] == found[1]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_opening_and_writing_of_many_has_done_neither(northwind: Tenant) -> None:
    streams = streams_of(northwind, 3)
    killed_worker(streams[0], OutboxItem.objects, "bulk_create", lambda: collected(streams, SILENT, 0))
    assert (Alert.objects.exclude(state="pending").count(), sent()) == (0, [])
    collected(streams, SILENT, 1, 2)
    assert (states(), sent("mail")) == (["open"], ["alert_opened"])


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_opened_for_many_that_was_killed_before_sending_is_sent_once(northwind: Tenant) -> None:
    streams = streams_of(northwind, 3)
    killed_worker(streams[0], outbox, "hint", lambda: collected(streams, SILENT, 0))
    for minute in (1, 2):
        tasks.deliver()
        collected(streams, SILENT, 0, minute)
    assert (states(), len(mail.outbox)) == (["open"], 1)


@pytest.mark.django_db(transaction=True)
def test_workers_that_see_other_streams_of_a_cause_at_once_open_one(northwind: Tenant) -> None:
    streams = streams_of(northwind, 6)
    both = threading.Barrier(3)
    failures: list[BaseException] = []

    def work(some: list[Integration]) -> None:
        try:
            with database_scope.of_tenant(northwind.pk):
                both.wait(30)
                collected(some, SILENT, 0)
        except BaseException as error:  # reported below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(streams[a:b],)) for a, b in pairwise((0, 2, 4, 6))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    alert = silence()
    assert (alert.stream_count, sent("mail")) == (6, ["alert_opened"])
    assert timedelta() <= NOW + MINUTE - alert.seen_at
