"""Fields that were seen in the rows of a page, each with the address that makes it a column, or removes it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitoring.records.columns import MOST_COLUMNS, Columns, fields_seen
from monitoring.records.record_row import VisibleRow


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A field and the query of the address in which it is a column, or is none any more."""

    name: str
    query: str
    is_chosen: bool = False


def column_choices(columns: Columns, rows: Collection[VisibleRow], address: Mapping[str, str]) -> list[ColumnChoice]:
    """Return the columns, then fields of the rows, unless there are eight columns. `address` has the other parts."""
    if columns.problem is not None:
        return []
    names = columns.names
    chosen = [ColumnChoice(name, _query(address, [each for each in names if each != name]), True) for name in names]
    if len(names) >= MOST_COLUMNS:
        return chosen
    others = [name for name in fields_seen(rows) if name not in names]
    return chosen + [ColumnChoice(name, _query(address, [*names, name])) for name in others]


def _query(address: Mapping[str, str], names: Collection[str]) -> str:
    return urlencode({**address, "columns": ",".join(names)})
