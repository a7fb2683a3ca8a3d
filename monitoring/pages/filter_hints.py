"""What a stream's field catalogue says about a filter and columns: an example, and fields that no record has. Pure.

Those who see records masked are sent only names of fields that they may see.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from monitoring.field_catalogue.json_types import INTEGER, NUMBER, STRING
from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.paths import MOST_NAMES, Path, filter_of, is_value_shown, part_of, path_text
from monitoring.filters.conditions import Comparison, Exists, Field, OneOf, parts_of
from monitoring.filters.grammar import parse
from monitoring.filters.tokens import FilterRefused
from portal.messages.message import Message

ENOUGH_RECORDS = 100  # sampled ones, before a field that none of them had is worth a word
_USUAL = 'reading.celsius > 30 and zone = "3.02"'
_MASKED = '@size > 100 and @decoder = "JSON"'
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class FilterHints:
    """A filter as an example; `filter` and `columns` are the notes on the fields of each."""

    example: str = _USUAL
    is_masked: bool = False
    filter: tuple[Message, ...] = ()
    columns: tuple[Message, ...] = ()


def filter_hints(
    known: KindFields | None, typed: str, columns: Iterable[Field], allowed: Collection[str] | None
) -> FilterHints:
    """Return the hints of a page; `allowed` are the fields that someone sees who sees records masked, else None."""
    return FilterHints(
        _example(known, allowed),
        allowed is not None,
        _not_seen(known, _fields_of(typed), allowed),
        _not_seen(known, columns, allowed),
    )


def _example(known: KindFields | None, allowed: Collection[str] | None) -> str:
    number, text = (_most_frequent(known, bits, allowed) for bits in (INTEGER | NUMBER, STRING))
    conditions = [f"{number} > 0"] if number else []
    conditions += [f"{text} exists"] if text else []
    return " and ".join(conditions) or (_USUAL if allowed is None else _MASKED)


def _most_frequent(known: KindFields | None, bits: int, allowed: Collection[str] | None) -> str:
    """Return the field of such a type that most records have, "" for none."""
    fields = known.fields.items() if known else ()
    found = [
        (-seen.count, len(path), path_text(path))
        for path, seen in fields
        if seen.bits & bits and filter_of(path) and (allowed is None or is_value_shown(path, allowed))
    ]
    return min((each for each in found if len(each[2]) <= _LONGEST_NAME), default=(0, 0, ""))[2]


def _fields_of(typed: str) -> list[Field]:
    try:
        condition = parse(typed)
    except FilterRefused:  # the page says what is wrong with it
        return []
    parts = parts_of(condition) if condition is not None else ()
    return [part.field for part in parts if isinstance(part, Comparison | OneOf | Exists)]


def _not_seen(
    known: KindFields | None, fields: Iterable[Field], allowed: Collection[str] | None
) -> tuple[Message, ...]:
    if known is None or known.records < ENOUGH_RECORDS or known.is_full:
        return ()
    wanted = [
        field
        for field in dict.fromkeys(fields)
        if not field.is_outside and (allowed is None or is_value_shown(field.path, allowed))
    ]
    return tuple(_note(known, field, allowed) for field in wanted if not _is_known(known, field.path))


def _note(known: KindFields, field: Field, allowed: Collection[str] | None) -> Message:
    ends = [
        path
        for path in known.fields
        if path[-len(field.path) :] == field.path and (allowed is None or is_value_shown(path, allowed))
    ]
    near = min((path for path in ends if filter_of(path)), key=lambda path: (len(path), path_text(path)), default=None)
    if near is None:
        return Message("filter.field_not_seen", field=str(field))
    return Message("filter.field_not_seen_near", field=str(field), near=path_text(near))


def _is_known(known: KindFields, path: tuple[str, ...]) -> bool:
    """Return whether a record had the field, or can have had it: a list shares its path with its items."""
    forms = {path, tuple(name for name in path if not name.isdecimal())}
    return any(len(names) >= MOST_NAMES or not names or _begins(known, names) for names in forms)


def _begins(known: KindFields, names: tuple[str, ...]) -> bool:
    return any(_is_start(names, path) for path in known.fields)


def _is_start(names: tuple[str, ...], path: Path) -> bool:
    pairs = zip(names, path, strict=False)
    return len(names) <= len(path) and all(part is None or part_of(name) in {part, None} for name, part in pairs)
