"""Fields of records as columns of a table. Pure.

A column is read from the text that an audience sees of a row, so it shows nothing that the row does not: what is masked
there is masked here.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from monitoring.decode.json_text import RepeatedNames, SentNumber
from monitoring.filters.conditions import Field
from monitoring.filters.grammar import parse_fields
from monitoring.filters.matching import Record, TooMuchWork, values_of
from monitoring.filters.tokens import MAX_CHARACTERS, FilterRefused
from monitoring.records.masking import MASK, pairs, value_text
from monitoring.records.record_contents import MAX_CHARACTERS as LONGEST_TEXT
from monitoring.records.record_row import Cell, VisibleRow
from portal.messages.message import Message

MOST_COLUMNS = 8
MOST_SEEN = 40
_LONGEST_CELL = 200
_VALUES_OF_CELL = 3
_MOST_NAMES = 6
_ROWS_SEEN = 25


@dataclass(frozen=True, slots=True)
class Columns:
    """What was typed, such as "reading.celsius, zone"; its fields, or the problem with it."""

    typed: str = ""
    fields: tuple[Field, ...] = ()
    problem: Message | None = None

    @property
    def names(self) -> list[str]:
        """Return the names of the columns."""
        return [str(each) for each in self.fields]

    @property
    def text(self) -> str:
        """Return the columns as an address has them."""
        return ",".join(self.names)


@lru_cache(maxsize=64)
def columns_of(typed: str) -> Columns:
    """Return the columns of a text: up to eight fields as a filter has them, each once, separated by commas."""
    typed = typed.strip()[: MAX_CHARACTERS + 1]
    if len(typed) > MAX_CHARACTERS:
        return Columns(typed, problem=Message("columns.too_long", limit_count=MAX_CHARACTERS))
    try:
        fields = tuple(dict.fromkeys(parse_fields(typed)))
    except FilterRefused as refused:
        return Columns(typed, problem=Message("columns.mistake", number=refused.at + 1, problem=refused.message))
    if len(fields) > MOST_COLUMNS:
        return Columns(typed, problem=Message("columns.too_many", limit_count=MOST_COLUMNS))
    return Columns(typed, fields)


def with_cells(rows: Collection[VisibleRow], columns: Columns) -> list[VisibleRow]:
    """Return the rows with a cell for each column."""
    if not columns.fields:
        return list(rows)
    return [replace(row, cells=_cells(row, columns.fields)) for row in rows]


def fields_seen(rows: Collection[VisibleRow]) -> list[str]:
    """Return fields of the first 25 rows as columns have them, by name: at most 40, none that is masked."""
    found: dict[str, None] = {}
    for row in islice(rows, _ROWS_SEEN):
        for path in _paths(_value(row), ()):
            found[str(Field(path))] = None
    return sorted(found, key=lambda name: name.strip("`").casefold())[:MOST_SEEN]


def _cells(row: VisibleRow, fields: Sequence[Field]) -> tuple[Cell, ...]:
    value = _value(row)
    record = Record(value, "", row.view.partition_key, row.row.size, row.row.decoder_path)
    return tuple(_cell(field, record, row) for field in fields)


def _cell(field: Field, record: Record, row: VisibleRow) -> Cell:
    try:
        values = values_of(field, record)
    except TooMuchWork:
        return Cell(str(field), is_too_long=True)
    if values:
        return Cell(str(field), _text(values)[:_LONGEST_CELL])
    if row.view.is_masked:
        return Cell(str(field), MASK)
    is_cut = record.value is None and row.row.length > LONGEST_TEXT
    return Cell(str(field), is_too_long=is_cut)


def _text(values: Sequence[object]) -> str:
    if isinstance(values[0], list):  # its items follow it
        return value_text(values[0])
    more = " …" if len(values) > _VALUES_OF_CELL else ""
    return ", ".join(map(_value_text, values[:_VALUES_OF_CELL])) + more


def _value_text(value: object) -> str:
    return value if isinstance(value, str) else value_text(value)


def _value(row: VisibleRow) -> object:
    """Return the value of the text that is shown, None where it is no JSON, or a part of it."""
    text = row.view.text
    if not text.startswith(("{", "[")):
        return None
    try:
        return _JSON.decode(text)
    except (ValueError, RecursionError):
        return None


def _paths(value: object, path: tuple[str, ...]) -> Collection[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    if isinstance(value, dict) and len(path) < _MOST_NAMES:
        for name, item in pairs(value):
            if name and MASK not in name and len(name) <= _LONGEST_CELL and not name.startswith("@"):
                found += _paths(item, (*path, name))
    elif isinstance(value, list):
        for item in value[:_VALUES_OF_CELL]:
            found += _paths(item, path) if isinstance(item, dict) else ([path] if path else [])
    elif path and value != MASK:
        found.append(path)
    return found


def _number(text: str) -> SentNumber:
    return SentNumber(text)


_JSON = json.JSONDecoder(object_pairs_hook=RepeatedNames, parse_int=_number, parse_float=_number)
