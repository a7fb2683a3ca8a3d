"""Events reach a chat as they reach an endpoint; its address is a secret; one that fails is disabled with a notice."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from portal.messages.message import Message
from portal.outbox import endpoint_failures, endpoints, kinds, outbox, tasks
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import OutboxItem, OutboxState
from portal.tenancy.models import Tenant
from tests.portal.outbound.test_chat import KEY, SLACK
from tests.portal.outbox.test_webhooks import Receiver, north, receiver
from tests.portal.secret_store.keys import keys
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "keys")]
__all__ = ["keys", "north", "receiver"]
ALERTS = [kind.key for kind in endpoints.ALERTS]


def add(tenant: Tenant, service: str = "slack", address: str = SLACK, chosen: Any = ALERTS) -> WebhookEndpoint:
    return endpoints.add_chat(tenant=tenant, service=service, address=address, chosen=chosen, created_by="ada")


def write(tenant: Tenant, kind: kinds.Kind = kinds.ALERT_OPENED, event: str = "alert-1-1") -> None:
    title = Message("alert.silence_title", name="sensors")
    named = {"kind": "silence", "alert": title, "text": title, "tenant": "North"}
    codes = {kinds.ALERT_OPENED: "notification.alert_opened", kinds.ALERT_CLOSED: "notification.alert_closed"}
    outbox.write(kind, Message(codes[kind], **named), event=event, to=[], tenant=tenant, path="/t/north/alerts/1/")


def test_an_alert_is_said_once_and_its_end_closes_the_incident(north: Tenant, receiver: Receiver) -> None:
    add(north, "pagerduty", KEY)
    for kind in (kinds.ALERT_OPENED, kinds.ALERT_OPENED, kinds.ALERT_CLOSED):
        write(north, kind)
        tasks.deliver()
    opened, closed = (json.loads(body) for _, body, _ in receiver.posted)
    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"]
    assert opened["links"] == [{"href": "https://portal.example/t/north/alerts/1/"}]


def test_an_incident_is_not_triggered_after_its_end(north: Tenant, receiver: Receiver) -> None:
    add(north, "pagerduty", KEY)
    receiver.status = 503
    write(north)
    tasks.deliver()
    receiver.status = 200
    write(north, kinds.ALERT_CLOSED)
    tasks.deliver()
    OutboxItem.objects.filter(kind=kinds.ALERT_OPENED.key).update(due_at=Now())
    tasks.deliver()
    assert [json.loads(body)["event_action"] for _, body, _ in receiver.posted] == ["trigger", "resolve"]
    opened = OutboxItem.objects.get(kind=kinds.ALERT_OPENED.key)
    assert opened.state == OutboxState.CANCELLED
    answers = [attempt.answer.code for attempt in opened.attempts.order_by("pk")]
    assert answers == ["webhook.answered", "outbox.alert_closed"]


def test_the_end_of_a_muted_alert_reaches_only_what_has_an_incident(north: Tenant, receiver: Receiver) -> None:
    add(north, "pagerduty", KEY)
    add(north)
    title = Message("alert.silence_title", name="sensors")
    named = {"kind": "silence", "alert": title, "text": title, "tenant": "North"}
    closed = Message("notification.alert_closed", **named)
    outbox.write(kinds.ALERT_CLOSED, closed, event="alert-1-1", to=[], tenant=north, incidents_only=True)
    assert [item.endpoint.service for item in OutboxItem.objects.all()] == ["pagerduty"]


def test_the_address_is_encrypted_and_in_no_row_or_name(north: Tenant, receiver: Receiver) -> None:
    endpoint = add(north)
    write(north)
    tasks.deliver()
    [(url, _, headers)] = receiver.posted
    assert url == SLACK
    assert "webhook-signature" not in headers
    shown = f"{endpoint} {endpoint.place} {endpoint.title} {endpoint.url}"
    stored = str(list(WebhookEndpoint.objects.values())) + str(list(OutboxItem.objects.values()))
    assert "TIiajkd" not in shown + stored
    endpoints.remove(endpoint)
    assert not WebhookEndpoint.objects.get().address


@pytest.mark.parametrize(
    ("service", "address", "chosen", "field", "code"),
    [
        ("discord", SLACK, ALERTS, "service", "chat.service_unknown"),
        ("slack", "https://evil.example/services/T/B/C", ALERTS, "address", "chat.not_slack"),
        ("slack", SLACK, [], "kinds", "webhook.no_kind"),
        ("pagerduty", KEY, [*ALERTS, "first_record"], "kinds", "chat.alerts_only"),
        ("pagerduty", KEY, ["alert_opened", "alert_escalated"], "kinds", "chat.end_missing"),
    ],
)
def test_what_cannot_be_a_chat_is_refused(
    north: Tenant, service: str, address: str, chosen: list[str], field: str, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add(north, service, address, chosen)
    [error] = refused.value.error_dict[field]
    assert error.code == code
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_revoked_address_is_not_tried_again(north: Tenant, receiver: Receiver, status: int) -> None:
    receiver.status = status
    add(north)
    write(north)
    tasks.deliver()
    assert OutboxItem.objects.get().state == OutboxState.FAILED


def test_five_failures_in_a_row_disable_it_with_one_notice_and_a_test_enables_it(
    north: Tenant, receiver: Receiver
) -> None:
    person("ada@north.example", north)
    endpoint = add(north)
    receiver.status = 404
    for number in range(endpoint_failures.MOST_FAILURES + 1):
        write(north, event=f"alert-1-{number}")
        tasks.deliver()
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert endpoint.failed_count == endpoint_failures.MOST_FAILURES
    notices = OutboxItem.objects.filter(kind=kinds.ENDPOINT_DISABLED.key, channel="bell")
    assert [row.recipient.email for row in notices] == ["ada@north.example"]
    assert notices.get().path == f"/t/north/webhooks/{endpoint.uid}/"
    receiver.status = 200
    endpoints.send_test(endpoint)
    tasks.deliver()
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.failed_count) == (None, 0)
    write(north, event="alert-2-1")
    tasks.deliver()
    assert OutboxItem.objects.get(event="alert-2-1").state == OutboxState.DELIVERED


def test_one_success_begins_the_count_anew(north: Tenant, receiver: Receiver) -> None:
    endpoint = add(north)
    for number in range(10):
        receiver.status = 200 if number % 4 == 3 else 404
        write(north, event=f"alert-1-{number}")
        tasks.deliver()
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.failed_count) == (None, 2)
