"""An admin's choice of the field that names the device kind, and which fields are proposed for it."""

from collections.abc import Sequence

from django.db.models.functions import Now

from monitoring.field_catalogue.json_types import ARRAY, INTEGER, STRING
from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.paths import Path
from monitoring.field_model import DeviceKind, FieldCatalogue, KindScope
from onboarding.row_locks import lock_integration
from portal import deadlocks
from portal.tenancy.audit import record
from portal.tenancy.models import User

MOST_CANDIDATES = 50
_LEAST_SHARE = 0.5
_USUAL = ("devicetype", "devicekind", "sensortype", "type", "kind", "sensor", "model", "devicemodel", "eventtype")


def candidates(kind: KindFields | None) -> list[tuple[str, ...]]:
    """Return the fields that could name a device kind: those with well-known names first, then by their path."""
    if kind is None:
        return []
    found = [tuple(map(str, path)) for path in kind.fields if _could_name_a_kind(path, kind)]
    return sorted(found, key=lambda path: (rank(path), len(path), path))[:MOST_CANDIDATES]


def rank(path: Sequence[str]) -> int:
    """Return the place of a name among the well-known ones; those that are not have the last."""
    name = path[-1].lower().replace("_", "").replace("-", "")
    return _USUAL.index(name) if name in _USUAL else len(_USUAL)


def is_proposed(path: Sequence[str]) -> bool:
    """Return whether the name is one of those that usually name a device kind."""
    return rank(path) < len(_USUAL)


@deadlocks.atomic
def choose_kind_field(*, integration_id: int, path: Sequence[str], actor: User) -> None:
    """Count by the values of this field from now on, or by none; what was counted by another is deleted."""
    integration = lock_integration(integration_id)
    row, _ = FieldCatalogue.objects.get_or_create(integration=integration)
    if list(path) == row.kind_field:
        return
    row.kind_field, row.changed_at, row.changed_by = list(path), Now(), actor.email
    row.save()
    DeviceKind.objects.filter(integration=integration).exclude(scope=KindScope.ALL).delete()
    record(
        "monitoring:device-kinds:changed",
        tenant=integration.tenant,
        actor=actor,
        target=integration.name,
        about=integration,
        details={"is_chosen": bool(path)},  # not its name: staff see what is recorded
    )


def _could_name_a_kind(path: Path, kind: KindFields) -> bool:
    seen = kind.fields[path]
    if None in path or not seen.bits & (STRING | INTEGER) or kind.share(seen) < _LEAST_SHARE:
        return False
    return not any(kind.fields[path[:end]].bits & ARRAY for end in range(1, len(path)) if path[:end] in kind.fields)
