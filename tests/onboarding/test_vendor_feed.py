"""The vendor's feed: an event appears with its change or not at all, and no reader with a cursor misses one."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from onboarding import vendor_feed
from onboarding.models.integration import Integration
from onboarding.models.vendor_event import VendorEvent, VendorEventPlace
from onboarding.vendor_feed import START, CursorGone, CursorNotValid, Kind, events_after, newest_cursor, publish
from portal import database_scope
from portal.tenancy import audit
from portal.tenancy.models import Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.onboarding.feed import commit

pytestmark = pytest.mark.django_db


def kinds(cursor: str = START) -> list[str]:
    return [event.kind for event in events_after(cursor).events]


@pytest.fixture
def harbour() -> Integration:
    return integration_of(Tenant.objects.create(slug="north", name="North"))


def test_an_event_has_the_vendors_copy_and_public_facts_alone(harbour: Integration) -> None:
    copy = key(harbour, ciphertext="the ciphertext")
    publish(Kind.ROTATED, harbour, credential=copy.credential, replaces="AKIA0")
    publish(Kind.TEST_REQUESTED, harbour)
    commit()
    rotated, tested = events_after(START).events
    assert (rotated.key_uid, rotated.access_key_id, rotated.facts) == (copy.uid, "AKIA1", {"replaces": "AKIA0"})
    assert (tested.key_uid, tested.access_key_id, tested.facts) == ("", "", {})


def test_a_cursor_continues_where_it_was_and_an_empty_page_keeps_it(harbour: Integration) -> None:
    assert newest_cursor() == START
    publish(Kind.READY, harbour)
    commit()
    began = newest_cursor()
    assert began == events_after(START).cursor
    assert events_after(began) == vendor_feed.Page([], began, has_more=False)
    publish(Kind.REVOKED, harbour)
    publish(Kind.READY, harbour)
    commit()
    assert kinds(began) == ["revoked", "ready"]


def test_many_events_come_in_pages(harbour: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_feed, "MOST_ON_A_PAGE", 2)
    for number in range(5):
        publish(Kind.READY, harbour, number=str(number))
    commit()
    cursor, seen, has_more = START, [], True
    while has_more:
        page = events_after(cursor)
        seen += [event.facts["number"] for event in page.events]
        cursor, has_more = page.cursor, page.has_more
    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "-1", "1-", "0-", "1-2", "1-00000000000é", "²-000000000000", "9" * 19 + "-000000000000"]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorNotValid):
        events_after(cursor)


def test_a_cursor_of_another_database_is_refused(harbour: Integration) -> None:
    publish(Kind.READY, harbour)
    commit()
    position, _, uid = newest_cursor().partition("-")
    for cursor in (f"{position}-000000000000", f"{int(position) + 1}-{uid}"):
        with pytest.raises(CursorGone):
            events_after(cursor)


def test_old_events_are_deleted_and_a_cursor_from_before_them_says_so(
    harbour: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor_feed, "PIECE", 2)
    cursors = []
    for _ in range(6):
        publish(Kind.READY, harbour)
        commit()
        cursors.append(newest_cursor())
    VendorEvent.objects.update(created_at=timezone.now() - vendor_feed.KEPT - timedelta(days=1))
    assert vendor_feed.delete_old() == 5
    assert VendorEventPlace.objects.count() == 1
    for cursor in (START, *cursors[:5]):
        with pytest.raises(CursorGone):
            events_after(cursor)
    assert kinds(cursors[5]) == []
    publish(Kind.REVOKED, harbour)
    commit()
    assert kinds(cursors[5]) == ["revoked"], "the newest place is never given twice"
    assert vendor_feed.delete_old() == 1


def in_another_transaction(work: Callable[[], None], *, until: threading.Event) -> threading.Thread:
    """Begin a transaction that does its work at once and commits when it is asked to; the work is done on return."""
    begun = threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                begun.set()
                until.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=database_scope.carried(run))
    thread.start()
    begun.wait(10)
    return thread


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_comes_late_and_is_not_skipped(harbour: Integration) -> None:
    may_commit = threading.Event()
    late = in_another_transaction(lambda: publish(Kind.READY, harbour, number="late"), until=may_commit)
    publish(Kind.REVOKED, harbour)
    assert kinds() == ["revoked"]
    cursor = newest_cursor()
    may_commit.set()
    late.join(10)
    assert kinds(cursor) == ["ready"]
    assert VendorEvent.objects.get(kind="ready").pk < VendorEvent.objects.get(kind="revoked").pk, "it was added earlier"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_event_and_no_gap(harbour: Integration) -> None:
    publish(Kind.READY, harbour)
    with transaction.atomic():
        publish(Kind.REVOKED, harbour)
        commit()
        transaction.set_rollback(True)
    publish(Kind.READY, harbour)
    assert list(VendorEventPlace.objects.order_by("position").values_list("position", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_feed_and_audit_trail_in_either_order_do_not_wait_for_each_other(harbour: Integration) -> None:
    south = integration_of(Tenant.objects.create(slug="south", name="South"))

    def feed_first(first: Integration, second: Integration) -> None:
        publish(Kind.READY, first)
        audit.record("portal:x:y", tenant=first.tenant, actor="ada")
        audit.record("portal:x:y", tenant=second.tenant, actor="ada")

    def audit_first(first: Integration, second: Integration) -> None:
        audit.record("portal:x:y", tenant=second.tenant, actor="ada")
        publish(Kind.READY, second)
        audit.record("portal:x:y", tenant=first.tenant, actor="ada")

    def feed_alone(first: Integration, second: Integration) -> None:
        publish(Kind.READY, first)

    failures: list[str] = []

    def repeat(work: Callable[[Integration, Integration], None]) -> None:
        try:
            for _ in range(15):
                with transaction.atomic():
                    work(harbour, south)
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    works = [feed_first, audit_first, feed_alone] * 2
    threads = [threading.Thread(target=database_scope.carried(partial(repeat, work))) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert VendorEventPlace.objects.count() == 90
