"""People are notified once of fields that appeared or vanished, in however many streams, and not too often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.field_catalogue import stored
from monitoring.field_catalogue.kind_services import choose_kind_field
from monitoring.field_catalogue.notices import GATHER, REST, notify, waiting
from monitoring.field_catalogue.windows import LEARNED_WINDOWS, LEAST_RECORDS
from monitoring.field_model import FieldChange
from monitoring.record_access_model import RecordAccess
from monitoring.tasks import notify_of_fields
from onboarding.models.integration import Integration
from portal.messages.catalogue import text_of
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant, User
from tests.markup import on_one_line
from tests.monitoring.conftest import live_integration
from tests.monitoring.field_catalogue.test_stored import sampled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
MINUTES = 60


def window(stream: Integration, records: list[Any], number: int, *, by: tuple[str, ...] = ()) -> None:
    """Store one complete window of these records, and begin the next."""
    start = 1_790_000_000 + number * 20 * MINUTES
    half = [records[place % len(records)] for place in range(LEAST_RECORDS)]
    for at in (start, start + 16 * MINUTES):
        stored.add(stream.pk, sampled(half, by=by, now=at).kinds, by)


def learned(stream: Integration, records: list[Any], *, by: tuple[str, ...] = ()) -> None:
    for number in range(LEARNED_WINDOWS):
        window(stream, records, number, by=by)
    assert not FieldChange.objects.filter(kind__integration=stream).exists()


def later() -> datetime:
    return timezone.now() + GATHER + timedelta(minutes=1)


def texts() -> set[str]:
    return {text_of(item.message) for item in OutboxItem.objects.all()}


def test_one_notice_for_all_streams_that_changed(northwind: Tenant, admin: User) -> None:
    streams = [live_integration(northwind, name) for name in ("harbour", "lobby")]
    for stream in streams:
        learned(stream, [{"a": 1, "old": 1}])
        window(stream, [{"a": 1, "new": {"x": 1}}], LEARNED_WINDOWS)
    assert FieldChange.objects.count() == 4
    assert not notify(northwind.pk, now=timezone.now()), "more may follow"
    assert waiting(now=later()) == [northwind.pk]
    assert notify(northwind.pk, now=later())
    assert not notify(northwind.pk, now=later()), "once"
    [text] = texts()
    assert "harbour, lobby" in text
    assert "did not have before: 1. Fields that nearly all records had and none has now: 1." in text
    assert {item.path for item in OutboxItem.objects.all()} == {"/t/northwind/streams/"}
    assert "old" not in text
    assert not FieldChange.objects.filter(notified_at=None).exists()


def test_the_notice_of_one_stream_leads_to_its_fields(integration: Integration, admin: User) -> None:
    learned(integration, [{"a": 1}])
    window(integration, [{"a": 1, "new": 1}], LEARNED_WINDOWS)
    FieldChange.objects.update(at=timezone.now() - 2 * GATHER)
    notify_of_fields()
    assert {item.path for item in OutboxItem.objects.all()} == {
        reverse("fields", kwargs={"slug": "northwind", "uid": integration.uid})
    }


def test_there_is_a_rest_between_two_notices(integration: Integration, admin: User) -> None:
    learned(integration, [{"a": 1}])
    window(integration, [{"a": 1, "new": 1}], LEARNED_WINDOWS)
    assert notify(integration.tenant_id, now=later())
    window(integration, [{"a": 1, "new": 1, "newer": 1}], LEARNED_WINDOWS + 1)
    assert not notify(integration.tenant_id, now=later())
    assert notify(integration.tenant_id, now=later() + REST)


def test_a_suspended_tenant_is_not_notified(integration: Integration, admin: User) -> None:
    learned(integration, [{"a": 1}])
    window(integration, [{"a": 1, "new": 1}], LEARNED_WINDOWS)
    Tenant.objects.update(is_suspended=True)
    assert not notify(integration.tenant_id, now=later())
    assert not OutboxItem.objects.exists()


def test_with_kinds_each_kind_is_judged_and_not_their_mixture(integration: Integration, admin: User) -> None:
    by = ("type",)
    choose_kind_field(integration_id=integration.pk, path=by, actor=admin)
    learned(integration, [{"type": "door", "open": True}, {"type": "meter", "kwh": 1}], by=by)
    both = [{"type": "door", "open": True}, {"type": "meter", "kwh": 1, "phase": 1}]
    window(integration, both, LEARNED_WINDOWS, by=by)
    window(integration, both, LEARNED_WINDOWS + 1, by=by)
    assert [(row.kind.name, row.path, row.change) for row in FieldChange.objects.select_related("kind")] == [
        ("meter", ["phase"], "appeared")
    ]
    choose_kind_field(integration_id=integration.pk, path=(), actor=admin)
    assert not FieldChange.objects.exists(), "its kind is deleted"


def test_pages_show_changes_and_mask_their_names(
    client: Client, integration: Integration, admin: User, operator: User
) -> None:
    place = {"slug": "northwind", "uid": integration.uid}
    learned(integration, [{"a": 1, "secret": 1}])
    client.force_login(admin)
    assert "No field appeared or vanished" in client.get(reverse("fields", kwargs=place)).content.decode()
    window(integration, [{"a": 1, "reading": 1}], LEARNED_WINDOWS)
    html = on_one_line(client.get(reverse("fields", kwargs=place)).content.decode())
    assert "No longer seen" in html
    assert html.count(">secret<") == 3, "the field, its change, and a field that could name a kind"
    html = on_one_line(client.get(reverse("stream", kwargs=place)).content.decode())
    assert "Fields of the records changed." in html
    assert "1 new or seen again, 1 no longer seen, since" in html
    RecordAccess.objects.create(tenant=integration.tenant, fields=["reading"])
    client.force_login(operator)
    html = client.get(reverse("fields", kwargs=place)).content.decode()
    assert ">reading<" in html
    assert "secret" not in html


def test_a_stream_that_is_being_learned_says_so(client: Client, integration: Integration, admin: User) -> None:
    window(integration, [{"a": 1}], 0)
    client.force_login(admin)
    html = on_one_line(
        client.get(reverse("fields", kwargs={"slug": "northwind", "uid": integration.uid})).content.decode()
    )
    assert "1 of 4 intervals are known" in html
    assert stored.latest_changes(integration.pk, since=timezone.now() - timedelta(days=1), most=5) == []
