"""The field catalogue of a stream in PostgreSQL: read for pages, and what the tap counted added to it.

One transaction writes at most 22 rows of a stream: each device kind, all records, and the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models.functions import Now

from monitoring.field_catalogue.counting import merge
from monitoring.field_catalogue.folding import forget_gone
from monitoring.field_catalogue.kind_fields import KindFields, from_json
from monitoring.field_catalogue.sample import ALL, MOST_KINDS, OTHER, Key
from monitoring.field_catalogue.windows import SeenChange, close_window
from monitoring.field_model import DeviceKind, FieldCatalogue, FieldChange, KindScope
from onboarding.row_locks import lock_integration
from portal import deadlocks

KEPT = timedelta(days=90)  # a field or kind that no record had for so long is forgotten


@dataclass(frozen=True, slots=True)
class StoredKind:
    """One device kind, or all records, with what was counted of its fields."""

    scope: KindScope
    name: str
    fields: KindFields
    pk: int = 0

    @property
    def since(self) -> datetime:
        """Return when the first record was sampled."""
        return datetime.fromtimestamp(self.fields.since, UTC)

    @property
    def last_at(self) -> datetime:
        """Return when the last record was sampled."""
        return datetime.fromtimestamp(self.fields.last_at, UTC)


def kind_field(integration_id: int) -> tuple[str, ...]:
    """Return the path of the field that names device kinds, () where none is chosen."""
    row = FieldCatalogue.objects.filter(integration_id=integration_id).only("kind_field").first()
    return tuple(map(str, row.kind_field)) if row else ()


def stored_kinds(integration_id: int) -> list[StoredKind]:
    """Return all records first, then the device kinds by name, then the others; nothing before the first sample."""
    order = [KindScope.ALL, KindScope.KIND, KindScope.OTHER]
    rows = DeviceKind.objects.filter(integration_id=integration_id)
    found = [StoredKind(KindScope(row.scope), row.name, from_json(row.contents), row.pk) for row in rows]
    return sorted(found, key=lambda kind: (order.index(kind.scope), kind.name))


def all_records(integration_id: int) -> KindFields | None:
    """Return the fields of all records of a stream, or None before the first sample."""
    row = DeviceKind.objects.filter(integration_id=integration_id, scope=KindScope.ALL).first()
    return from_json(row.contents) if row else None


@deadlocks.atomic
def add(integration_id: int, counted: Mapping[Key, KindFields], counted_by: Sequence[str]) -> None:
    """Add what was counted. Kinds that were counted by another field than the one chosen now are dropped."""
    lock_integration(integration_id)
    stored = {(KindScope(row.scope), row.name): row for row in DeviceKind.objects.filter(integration_id=integration_id)}
    same_kinds = tuple(counted_by) == kind_field(integration_id)
    kinds = {key: from_json(row.contents) for key, row in stored.items()}
    changed: set[Key] = set()
    for key, found in counted.items():
        if key == ALL or same_kinds:
            place = _place(key, kinds)
            merge(kinds.setdefault(place, KindFields(found.since)), found)
            changed.add(place)
    has_kinds = any(scope is KindScope.KIND for scope, _name in kinds)
    changes: dict[Key, list[SeenChange]] = {}
    for key in changed:
        forget_old(kinds[key])
        found_changes = close_window(kinds[key])
        # With device kinds, those of all records would be of the mixture, and those of a kind are reported already.
        if key[0] is KindScope.KIND or (key == ALL and not has_kinds):
            changes[key] = found_changes
    rows = DeviceKind.objects.bulk_create(
        [_row(integration_id, key, kinds[key]) for key in sorted(changed)],
        update_conflicts=True,
        unique_fields=["integration", "scope", "name"],
        update_fields=["records", "since", "last_at", "contents"],
    )
    FieldChange.objects.bulk_create(
        FieldChange(kind=row, path=list(path), change=change)
        for row in rows
        for path, change in changes.get((KindScope(row.scope), row.name), ())
    )


def delete_old() -> int:
    """Delete changes of so long ago, and streams and kinds of which no record was sampled since; return the rows."""
    changes, _ = FieldChange.objects.filter(at__lt=Now() - KEPT).delete()
    kinds, _ = DeviceKind.objects.filter(last_at__lt=Now() - KEPT).delete()
    return changes + kinds


def latest_changes(integration_id: int, *, since: datetime, most: int) -> list[FieldChange]:
    """Return the newest changes of a stream's fields, with their kinds."""
    rows = FieldChange.objects.filter(kind__integration_id=integration_id, at__gte=since)
    return list(rows.select_related("kind")[:most])


def forget_old(kind: KindFields) -> None:
    """Remove the fields that no record had for longer than they are kept."""
    oldest = kind.last_at - int(KEPT.total_seconds())
    kind.fields = {path: seen for path, seen in kind.fields.items() if seen.last_at >= oldest}
    forget_gone(kind)


def _place(key: Key, kinds: Mapping[Key, KindFields]) -> Key:
    named = sum(scope is KindScope.KIND for scope, _name in kinds)
    return key if key[0] is not KindScope.KIND or key in kinds or named < MOST_KINDS else OTHER


def _row(integration_id: int, key: Key, kind: KindFields) -> DeviceKind:
    return DeviceKind(
        integration_id=integration_id,
        scope=key[0],
        name=key[1],
        records=kind.records,
        since=datetime.fromtimestamp(kind.since, UTC),
        last_at=datetime.fromtimestamp(kind.last_at, UTC),
        contents=kind.as_json(),
    )
