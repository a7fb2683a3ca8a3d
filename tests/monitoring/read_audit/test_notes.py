"""One row for each viewing session, extended while it lasts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.models import RecordRead
from monitoring.read_audit import retention
from monitoring.read_audit.live_notes import note_sent_records
from monitoring.read_audit.notes import Reader, note_seen
from monitoring.read_audit.seen import Seen
from monitoring.record_read_model import ReadSource
from onboarding.models.integration import Integration
from portal import database_scope
from portal.event_access import Sent
from portal.tenancy.models import User
from tests.monitoring.conftest import NOW

pytestmark = pytest.mark.django_db
SHARD = "shardId-000000000006"


def seen(first: str = "7", last: str = "9", records: int = 3) -> Seen:
    return Seen(records, {SHARD: (first, last)}, NOW, NOW + timedelta(seconds=5))


def reader(person: User, **changed: object) -> Reader:
    given: dict = {"session": "a" * 64, "source": ReadSource.LIVE, "is_masked": False} | changed
    return Reader(person, **given)


def test_a_session_is_one_row_that_grows(integration: Integration, admin: User) -> None:
    note_seen(integration.uid, reader(admin), seen())
    note_seen(integration.uid, reader(admin), seen("10", "12"))
    row = RecordRead.objects.get()
    assert (row.email, row.is_staff, row.stream_name, row.stream_uid) == (
        admin.email, False, "sluice-sensors", integration.uid
    )  # fmt: skip
    assert (row.records, row.shards, row.has_more_shards) == (6, {SHARD: ["7", "12"]}, False)
    assert row.last_at >= row.started_at


@pytest.mark.parametrize(
    "changed",
    [{"session": "b" * 64}, {"source": ReadSource.DOWNLOAD}, {"is_masked": True}, {"filter_text": "reading > 3"}],
)
def test_what_differs_is_another_row(integration: Integration, admin: User, changed: dict) -> None:
    note_seen(integration.uid, reader(admin), seen())
    note_seen(integration.uid, reader(admin, **changed), seen())
    assert RecordRead.objects.count() == 2


@pytest.mark.parametrize("column", ["last_at", "started_at"])
def test_a_pause_or_a_day_begins_another_row(integration: Integration, admin: User, column: str) -> None:
    note_seen(integration.uid, reader(admin), seen())
    RecordRead.objects.update(**{column: timezone.now() - timedelta(hours=25)})
    note_seen(integration.uid, reader(admin), seen())
    assert RecordRead.objects.count() == 2


def test_a_long_or_hostile_filter_is_cut_and_kept(integration: Integration, admin: User) -> None:
    note_seen(integration.uid, reader(admin, filter_text="x\0" * 600), seen())
    note_seen(integration.uid, reader(admin, filter_text="x\0" * 600), seen())
    assert RecordRead.objects.get().records == 6


def test_event_streams_are_noted_from_the_notes_of_their_events(integration: Integration, operator: User) -> None:
    notes = [seen().as_json(), {"of": "another version"}, seen("1", "2", 2).as_json()]
    with database_scope.nothing():
        note_sent_records(Sent(f"stream:{integration.uid}:masked", operator.pk, "c" * 64, notes))
        note_sent_records(Sent("stream:nothing:masked", operator.pk, "c" * 64, notes))
        note_sent_records(Sent(f"stream:{integration.uid}:masked", operator.pk, "c" * 64, []))
    row = RecordRead.objects.get()
    assert (row.email, row.is_staff, row.is_masked, row.records) == (operator.email, True, True, 5)
    assert (row.session, row.shards) == ("c" * 16, {SHARD: ["1", "9"]})


def test_another_tenant_finds_no_row(integration: Integration, admin: User, outsider: User) -> None:
    note_seen(integration.uid, reader(admin), seen())
    theirs = outsider.memberships.get().tenant_id
    with database_scope.of_tenant(theirs):
        assert not RecordRead.objects.exists()
        note_seen(integration.uid, reader(outsider), seen())  # not their stream: nothing is found, nothing written
    assert RecordRead.objects.count() == 1


def test_old_rows_are_deleted_and_others_kept(integration: Integration, admin: User) -> None:
    note_seen(integration.uid, reader(admin), seen())
    RecordRead.objects.update(last_at=timezone.now() - retention.KEPT - timedelta(hours=1))
    note_seen(integration.uid, reader(admin), seen())
    assert retention.delete_old() == 1
    assert RecordRead.objects.count() == 1


def test_what_a_live_filter_found_is_noted_with_the_filter(integration: Integration, admin: User) -> None:
    notes = [seen().as_json(), seen().as_json() | {"filter": "zone = 3"}, seen().as_json() | {"filter": "zone = 3"}]
    with database_scope.nothing():
        note_sent_records(Sent(f"stream:{integration.uid}:clear:{'f' * 16}", admin.pk, "c" * 64, notes))
    found = dict(RecordRead.objects.values_list("filter_text", "records"))
    assert found == {"": seen().records, "zone = 3": 2 * seen().records}
