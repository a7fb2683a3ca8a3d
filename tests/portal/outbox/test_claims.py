"""A row is delivered by one worker at a time; tenants take turns; attempts are counted and end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from portal.messages.message import Message
from portal.outbox import claims, kinds
from portal.outbox.models import Attempt, Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant, User
from tests.world import person

pytestmark = pytest.mark.django_db
ANSWER = Message("outbox.error")


def tenant(slug: str) -> Tenant:
    return Tenant.objects.get_or_create(slug=slug, name=slug)[0]


@pytest.fixture
def ada() -> User:
    return person("ada@north.example")


def item(ada: User, slug: str = "north", **fields: Any) -> OutboxItem:
    shared = {"kind": kinds.INTEGRATION_READY.key, "channel": Channel.MAIL, "recipient": ada, "message": ANSWER}
    event = f"event-{OutboxItem.objects.count()}"
    return OutboxItem.objects.create(tenant=tenant(slug), event=event, **{**shared, **fields})


def let_pass(seconds: float) -> None:
    row = OutboxItem.objects.get()
    for name in ("due_at", "lease_until"):
        if at := getattr(row, name):
            OutboxItem.objects.update(**{name: at - timedelta(seconds=seconds)})


def test_one_worker_has_a_row_until_its_lease_ends(ada: User) -> None:
    item(ada)
    first = claims.acquire()
    assert first is not None
    assert claims.acquire() is None
    let_pass(claims.LEASE.total_seconds() + 1)
    second = claims.acquire()
    assert second is not None
    assert second.fence == first.fence + 1
    assert not claims.finish(first, OutboxState.DELIVERED, ANSWER)
    assert not claims.retry_later(first, ANSWER)
    assert claims.finish(second, OutboxState.DELIVERED, ANSWER)
    assert list(Attempt.objects.values_list("number", "is_accepted")) == [(1, False), (2, True)]
    assert Attempt.objects.get(number=1).ended_at is None


def test_a_row_that_is_not_due_or_settled_is_left(ada: User) -> None:
    item(ada, due_at=Now() + timedelta(seconds=30))
    item(ada, state=OutboxState.FAILED)
    item(ada, state=OutboxState.DELIVERED)
    assert claims.acquire() is None
    assert claims.due_count(10) == 0


def test_attempts_wait_longer_each_time_and_end_as_failed(ada: User) -> None:
    item(ada)
    for number, wait in enumerate(claims.BACKOFF, start=1):
        claim = claims.acquire()
        assert claim is not None
        assert claims.retry_later(claim, ANSWER)
        assert OutboxItem.objects.get().state == OutboxState.WAITING
        assert claims.acquire() is None
        let_pass(wait.total_seconds() * 0.7)
        assert claims.acquire() is None, number
        let_pass(wait.total_seconds() * 0.6)
    last = claims.acquire()
    assert last is not None
    assert claims.retry_later(last, ANSWER)
    row = OutboxItem.objects.get()
    assert (row.state, row.attempt_count) == (OutboxState.FAILED, claims.MOST_ATTEMPTS)
    assert row.finished_at is not None
    assert row.attempts.count() == claims.MOST_ATTEMPTS


def test_a_row_whose_worker_dies_each_time_ends_as_failed(ada: User) -> None:
    item(ada)
    for _ in range(claims.MOST_ATTEMPTS):
        assert claims.acquire() is not None
        let_pass(claims.LEASE.total_seconds() + 1)
    assert claims.acquire() is None
    assert OutboxItem.objects.get().state == OutboxState.FAILED


def test_no_tenant_slows_another(ada: User) -> None:
    """A thousand rows of one tenant are older; the other's one is claimed at the next turn but one, or earlier."""
    for _ in range(10):
        item(ada, "many", due_at=Now() - timedelta(seconds=60))
    item(ada, "few")
    held = [claims.acquire() for _ in range(3)]
    slugs = [claim.item.tenant.slug for claim in held if claim]
    assert sorted(slugs) == ["few", "many", "many"]
    assert claims.acquire() is None, "a tenant whose receiver hangs holds two workers at most"


def test_tenants_take_turns_while_rows_are_delivered_one_by_one(ada: User) -> None:
    for slug in ("many",) * 30 + ("few",) * 3:
        item(ada, slug, due_at=Now() - timedelta(seconds=60 if slug == "many" else 1))
    order = []
    while claim := claims.acquire():
        order.append(claim.item.tenant.slug)
        claims.finish(claim, OutboxState.DELIVERED, ANSWER)
    assert len(order) == 33
    assert order.index("few") < 25  # by the age of rows it would be 30; the chance of this failing is 2 ** -25
