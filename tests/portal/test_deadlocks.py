"""Deadlocks: the transaction that PostgreSQL ended is repeated, and the log says what it was."""

import logging
import threading
from contextlib import nullcontext
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from portal import database_scope
from portal.deadlocks import ATTEMPTS, atomic
from portal.tenancy.models import Tenant

# The timeout of deadlocks is a setting for superusers.
pytestmark = [pytest.mark.usefixtures("owner"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pair() -> list[Tenant]:
    return [Tenant.objects.create(slug=slug, name=slug) for slug in ("northwind", "contoso")]


class Crossed:
    """Renames two tenants in one transaction; the first attempt waits until another has locked the second of them.

    A later attempt begins when the other has ended, or it could be as quick as that and meet it again.
    """

    def __init__(self, order: list[Tenant], meeting: threading.Barrier) -> None:
        self.order, self.meeting = order, meeting
        self.attempts = 0
        self.other_ended = threading.Event()

    def __call__(self) -> None:
        self.attempts += 1
        if self.attempts > 1:
            assert self.other_ended.wait(30)
        first, second = self.order
        Tenant.objects.filter(pk=first.pk).update(name="renamed")
        if self.attempts == 1:
            self.meeting.wait(30)
        Tenant.objects.filter(pk=second.pk).update(name="renamed")


def test_one_of_two_that_wait_for_each_other_is_repeated(pair: list[Tenant], caplog: pytest.LogCaptureFixture) -> None:
    meeting = threading.Barrier(2)
    both = [Crossed(pair, meeting), Crossed(pair[::-1], meeting)]

    def work(crossed: Crossed, notices_after: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('deadlock_timeout', %s, false)", [notices_after])
        service = crossed.__call__
        atomic(service)()
        both[both[0] is crossed].other_ended.set()
        connection.close()

    with caplog.at_level(logging.WARNING):
        works = [partial(work, *arguments) for arguments in zip(both, ("50ms", "20s"), strict=True)]
        threads = [threading.Thread(target=database_scope.carried(each)) for each in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert [crossed.attempts for crossed in both] == [2, 1]
    assert caplog.messages == ["database.deadlock in=Crossed.__call__ attempt=1"]
    assert set(Tenant.objects.values_list("name", flat=True)) == {"renamed"}


def raise_deadlock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")


@pytest.mark.parametrize("is_part", [True, False])
def test_it_is_repeated_twice_and_never_as_a_part_of_another_transaction(
    caplog: pytest.LogCaptureFixture, is_part: bool
) -> None:
    around = transaction.atomic() if is_part else nullcontext()
    with pytest.raises(OperationalError), around:
        atomic(raise_deadlock)()
    assert len(caplog.messages) == (1 if is_part else ATTEMPTS)


def test_another_error_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    def disk_full() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$")

    with pytest.raises(OperationalError):
        atomic(disk_full)()
    assert caplog.messages == []
