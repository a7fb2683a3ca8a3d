"""Fields that appeared or vanished lately, as pages list them for each audience."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from monitoring.field_catalogue.paths import from_json, is_shown, path_text
from monitoring.field_catalogue.stored import KEPT, StoredKind, latest_changes
from monitoring.field_model import ChangeOfField, FieldChange, KindScope
from monitoring.pages.field_rows import kind_label
from monitoring.records.masking import MASK

LISTED = 20
RECENT = timedelta(days=7)
_LOOKS = {ChangeOfField.APPEARED: "info", ChangeOfField.RETURNED: "info", ChangeOfField.VANISHED: "attention"}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change: the field or the mask, the kind, what became of it, and when."""

    path: str
    kind: str
    label: str
    look: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """How many fields of a stream changed within the last seven days, and since when."""

    appeared: int
    vanished: int
    since: datetime


def change_rows(
    integration_id: int, kinds: Sequence[StoredKind], allowed: Collection[str] | None, *, names_masked: bool
) -> list[ChangeRow]:
    """Return the newest changes; with `allowed`, only those names are shown."""
    numbers = {kind.pk: number for number, kind in enumerate(kinds)}
    since = timezone.now() - KEPT
    return [
        _row(change, numbers.get(change.kind_id, 0), allowed, names_masked=names_masked)
        for change in latest_changes(integration_id, since=since, most=LISTED)
    ]


def recent_changes(integration_id: int) -> RecentChanges | None:
    """Return what changed within the last seven days, or None: in which nothing of a name is said."""
    changes = latest_changes(integration_id, since=timezone.now() - RECENT, most=LISTED)
    if not changes:
        return None
    vanished = sum(change.change == ChangeOfField.VANISHED for change in changes)
    return RecentChanges(len(changes) - vanished, vanished, changes[-1].at)


def _row(change: FieldChange, number: int, allowed: Collection[str] | None, *, names_masked: bool) -> ChangeRow:
    path, what = from_json(change.path), ChangeOfField(change.change)
    is_named = allowed is None or is_shown(path, allowed)
    scope = KindScope(change.kind.scope)
    return ChangeRow(
        path=path_text(path) if is_named else MASK,
        kind=kind_label(scope, change.kind.name, number, is_masked=names_masked) if scope is KindScope.KIND else "",
        label=str(what.label),
        look=_LOOKS[what],
        at=change.at,
    )
