"""The fields of a stream as the page lists them, for each audience. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from monitoring.field_catalogue.json_types import names_of
from monitoring.field_catalogue.kind_fields import KindFields, SeenField
from monitoring.field_catalogue.paths import Path, filter_of, is_shown, is_value_shown, path_text
from monitoring.field_catalogue.stored import StoredKind
from monitoring.field_model import KindScope
from monitoring.records.masking import MASK
from portal.messages.formats import percent

SORTS = ("field", "share", "first", "last")
USUAL_SORT = "field"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field: its path, or the mask; `filter` finds the records that have it, "" where none can."""

    path: str
    filter: str
    types: tuple[str, ...]
    share: str
    share_number: float
    first_at: datetime
    last_at: datetime
    is_masked: bool = False


_KEYS: Mapping[str, Callable[[FieldRow], float]] = {
    "share": lambda row: row.share_number,
    "first": lambda row: row.first_at.timestamp(),
    "last": lambda row: row.last_at.timestamp(),
}


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A device kind in the list of kinds: its name, or "Kind 2" for those who see records masked."""

    key: str
    label: str
    records: int
    is_chosen: bool


def field_rows(kind: KindFields, sort: str, allowed: Collection[str] | None) -> list[FieldRow]:
    """Return the rows in an order of SORTS, descending with "-"; names that are not allowed are masked.

    With None all are allowed. Masked rows follow the others in the order of their shares, which says nothing of names.
    """
    rows = [_row(path, seen, kind, allowed) for path, seen in kind.fields.items()]
    rows.sort(key=lambda row: row.path.strip("`").casefold())
    key = sort.removeprefix("-")
    if key != USUAL_SORT:
        rows.sort(key=_KEYS[key])
    if sort.startswith("-"):
        rows.reverse()
    hidden = sorted((row for row in rows if row.is_masked), key=lambda row: row.share_number, reverse=True)
    return [row for row in rows if not row.is_masked] + hidden


def in_neutral_order(kinds: Sequence[StoredKind]) -> list[StoredKind]:
    """Return the kinds in the order in which they were found: for those who may not know what their names are."""
    order = [KindScope.ALL, KindScope.KIND, KindScope.OTHER]
    return sorted(kinds, key=lambda kind: (order.index(kind.scope), kind.pk))


def kind_choices(kinds: Sequence[StoredKind], chosen: StoredKind, *, is_masked: bool) -> list[KindChoice]:
    """Return all records and the device kinds."""
    found: list[KindChoice] = []
    for number, kind in enumerate(kinds):
        label = kind_label(kind.scope, kind.name, number, is_masked=is_masked)
        found.append(KindChoice(str(kind.pk), label, kind.fields.records, kind is chosen))
    return found


def kind_label(scope: KindScope, name: str, number: int, *, is_masked: bool) -> str:
    """Return how a kind is called: its value, or its number where that is masked."""
    if scope is not KindScope.KIND:
        return str(scope.label)
    return _("Kind %(number)s") % {"number": number} if is_masked else name


def _row(path: Path, seen: SeenField, kind: KindFields, allowed: Collection[str] | None) -> FieldRow:
    is_masked = allowed is not None and not is_shown(path, allowed)
    may_search = allowed is None or is_value_shown(path, allowed)
    share = kind.share(seen)
    return FieldRow(
        path=MASK if is_masked else path_text(path),
        filter=filter_of(path) if may_search else "",
        types=tuple(names_of(seen.bits)),
        share=percent(share),
        share_number=share,
        first_at=datetime.fromtimestamp(seen.first_at, UTC),
        last_at=datetime.fromtimestamp(seen.last_at, UTC),
        is_masked=is_masked,
    )
