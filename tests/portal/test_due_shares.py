"""Checks that are spread over their interval."""

from datetime import UTC, datetime, timedelta

import pytest

from onboarding.models.connection import Connection
from portal.celery import share_seconds
from portal.due_shares import due_share
from portal.tenancy.models import Tenant

NOW = datetime(2026, 3, 7, 4, 5, tzinfo=UTC)
HOUR = 3600


@pytest.fixture
def connections(db) -> list[Connection]:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    rows = [Connection(tenant=tenant, name=f"c{number}", account_id="111122223333") for number in range(600)]
    return Connection.objects.bulk_create(rows)


def test_all_are_checked_within_an_interval_and_never_many_at_once(connections: list[Connection]) -> None:
    most = 0
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        share = due_share(Connection.objects.all(), "checked_at", interval=HOUR, now=now)
        Connection.objects.filter(pk__in=share).update(checked_at=now)
        most = max(most, len(share))
    assert most == 20
    assert not Connection.objects.filter(checked_at__isnull=True).exists()


def test_what_was_checked_within_the_interval_is_left(connections: list[Connection]) -> None:
    Connection.objects.update(checked_at=NOW - timedelta(minutes=59))
    assert due_share(Connection.objects.all(), "checked_at", interval=HOUR, now=NOW) == []


def test_those_that_never_end_do_not_keep_others_from_their_check(connections: list[Connection]) -> None:
    stuck = {connection.pk for connection in connections[:100]}
    for minute in range(180):
        share = due_share(Connection.objects.all(), "checked_at", interval=HOUR, now=NOW + timedelta(minutes=minute))
        Connection.objects.filter(pk__in=set(share) - stuck).update(checked_at=NOW + timedelta(minutes=minute))
    assert Connection.objects.filter(checked_at__isnull=True).count() == len(stuck)


def test_a_short_interval_is_taken_whole() -> None:
    assert (share_seconds(10), share_seconds(HOUR)) == (10, 60)
