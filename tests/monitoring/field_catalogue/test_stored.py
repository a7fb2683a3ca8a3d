"""The catalogue in PostgreSQL: added to by the tap, bounded, by the device kinds that an admin chose."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from monitoring.field_catalogue import kind_services, sample, stored
from monitoring.field_catalogue.kind_services import candidates, choose_kind_field
from monitoring.field_catalogue.observation import observed
from monitoring.field_catalogue.paths import path_text
from monitoring.field_catalogue.sample import FieldSample
from monitoring.field_model import DeviceKind, FieldCatalogue, KindScope
from onboarding.models.integration import Integration
from portal.tenancy.models import AuditEvent, User

pytestmark = pytest.mark.django_db
DAY = 86_400
THERMOMETER = {"type": "thermometer", "celsius": 21.5}
DOOR = {"type": "door", "open": True}


def sampled(records: list[Any], *, by: tuple[str, ...] = (), now: int = 1_000_000) -> FieldSample:
    found = FieldSample()
    for record in records:
        observation = observed(record, by)
        assert observation is not None
        found.add(observation, now, has_kinds=bool(by))
    return found


def names(integration: Integration) -> dict[str, set[str]]:
    kinds = stored.stored_kinds(integration.pk)
    return {kind.name or kind.scope: {path_text(path) for path in kind.fields.fields} for kind in kinds}


def test_what_is_counted_is_added(integration: Integration) -> None:
    stored.add(integration.pk, sampled([THERMOMETER, DOOR]).kinds, ())
    stored.add(integration.pk, sampled([DOOR, {"x": 1}], now=1_000_060).kinds, ())
    [kind] = stored.stored_kinds(integration.pk)
    assert (kind.scope, kind.fields.records) == (KindScope.ALL, 4)
    assert kind.fields.share(kind.fields.fields["type",]) == 0.75
    row = DeviceKind.objects.get()
    assert (row.records, row.since.timestamp(), row.last_at.timestamp()) == (4, 1_000_000, 1_000_060)


def test_kinds_are_kept_only_by_the_field_that_is_chosen_now(integration: Integration, admin: User) -> None:
    by = ("type",)
    stored.add(integration.pk, sampled([THERMOMETER, DOOR], by=by).kinds, by)
    assert set(names(integration)) == {"all"}, "no admin chose the field"
    choose_kind_field(integration_id=integration.pk, path=by, actor=admin)
    stored.add(integration.pk, sampled([THERMOMETER, DOOR, {"x": 1}], by=by).kinds, by)
    assert names(integration) == {
        "all": {"type", "celsius", "open", "x"},
        "thermometer": {"type", "celsius"},
        "door": {"type", "open"},
        "other": {"x"},
    }
    choose_kind_field(integration_id=integration.pk, path=(), actor=admin)
    assert set(names(integration)) == {"all"}
    assert "thermometer" not in str(list(DeviceKind.objects.values()))
    events = AuditEvent.objects.filter(action="monitoring:device-kinds:changed").order_by("pk")
    assert [event.details for event in events] == [{"is_chosen": True}, {"is_chosen": False}]


def test_kinds_beyond_the_most_are_counted_together(integration: Integration, admin: User) -> None:
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    for start in (0, 15, 30):
        records = [{"type": f"kind {start + number}", "a": 1} for number in range(15)]
        stored.add(integration.pk, sampled(records, by=("type",)).kinds, ("type",))
    found = stored.stored_kinds(integration.pk)
    assert len(found) == sample.MOST_KINDS + 2
    assert [kind.fields.records for kind in found if kind.scope is not KindScope.KIND] == [45, 25]
    counted = sampled([{"type": f"kind {number}"} for number in range(500)], by=("type",)).kinds
    assert len(counted) <= sample.MOST_KINDS + 2


def test_a_field_that_was_not_seen_for_long_is_removed(integration: Integration) -> None:
    stored.add(integration.pk, sampled([THERMOMETER]).kinds, ())
    stored.add(integration.pk, sampled([DOOR], now=1_000_000 + 91 * DAY).kinds, ())
    assert names(integration) == {"all": {"type", "open"}}


def test_an_object_that_is_gone_is_not_remembered_as_folded() -> None:
    [kind] = sampled([{"rooms": {f"Room {number}": 1}} for number in range(200)]).kinds.values()
    assert kind.folded == {("rooms",)}
    kind.last_at += 91 * DAY
    stored.forget_old(kind)
    assert (kind.fields, kind.folded) == ({}, set())


def test_a_catalogue_of_a_stream_that_no_one_watches_is_deleted(integration: Integration) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    stored.add(integration.pk, sampled([THERMOMETER], now=int(long_ago.timestamp())).kinds, ())
    assert stored.delete_old() == 1
    stored.add(integration.pk, sampled([THERMOMETER], now=int(timezone.now().timestamp())).kinds, ())
    assert stored.delete_old() == 0


def test_a_write_costs_the_same_queries_for_many_kinds(
    integration: Integration, admin: User, django_assert_max_num_queries: Any
) -> None:
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    records = [{"type": f"kind {number}"} for number in range(40)]
    with django_assert_max_num_queries(6):
        stored.add(integration.pk, sampled(records, by=("type",)).kinds, ("type",))


def test_fields_that_could_name_a_kind(integration: Integration) -> None:
    records: list[Mapping[str, object]] = [
        {"zone": "3.02", "device_type": "x", "meta": {"kind": "y"}, "celsius": 1.5, "list": [{"type": "z"}], "ok": True}
    ]
    [kind] = sampled([*records, *records, {"rare": "x"}]).kinds.values()
    assert candidates(kind) == [("device_type",), ("meta", "kind"), ("zone",)]
    assert kind_services.is_proposed(("meta", "kind"))
    assert not kind_services.is_proposed(("zone",))
    assert candidates(None) == []
    assert FieldCatalogue.objects.count() == 0
