"""The mask through which the vendor's staff see records: their structure, no values and no names of fields. Pure.

Names of fields come from outside as values do, and can be data too: `{"Alice Smith": {"badge:4711": …}}`. What is not
an object or a list has no structure, and is not shown at all (`record_contents`).
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from monitoring.decode.json_text import RepeatedNames, SentNumber
from monitoring.decode.reading import json_line
from monitoring.records.field_paths import is_name
from portal.messages.message import Message

MASK = "•••"
_MASKED = f'"{MASK}"'
_MOST_PIECES = 2_000  # of text; no more characters than that are shown, and each piece has one at least
# Exactly these are masked inside; a value of any other type is masked as a whole.
_STRUCTURES = frozenset({dict, list, RepeatedNames})
_FIELDS = tuple(f'{", " if number > 1 else ""}"{MASK}{number}": ' for number in range(1, _MOST_PIECES + 1))
_MASKED_FIELDS = tuple(field + _MASKED for field in _FIELDS)
_OF_SLUICE = {"decode.wrong_start"}  # whose text is a constant of the decoder


def mask(value: object, allowed: Collection[str], path: str = "") -> object:
    """Return the value with every scalar and every name masked, except those of the dotted paths in `allowed`.

    The masked names of an object are numbered, so that each field is still listed; lists share their path.
    """
    if isinstance(value, dict):
        fields = [
            _field(name, item, allowed, path, f"{MASK}{number}") for number, (name, item) in enumerate(pairs(value), 1)
        ]
        return RepeatedNames(fields) if isinstance(value, RepeatedNames) else dict(fields)
    if isinstance(value, list):
        return [mask(item, allowed, path) for item in value]
    return value if path and path in allowed else MASK


def masked_reason(reason: Message) -> Message:
    """Return why a decoder failed without what it may repeat of the record: numbers stay, texts of libraries do not."""
    is_harmless = all(isinstance(value, int | float) for value in reason.params.values()) or reason.code in _OF_SLUICE
    return reason if is_harmless else Message("decode.reason_masked")


def masked_text(value: object, allowed: Collection[str]) -> str:
    """Return the masked value as one line of JSON, not much longer than the 2,000 characters that are shown."""
    if allowed:
        return value_text(mask(value, allowed))
    pieces: list[str] = []
    _mask_into(pieces, value)
    return "".join(pieces)


def value_text(value: object) -> str:
    """Return a value as JSON with its numbers as they were sent, and every value of a name that repeats."""
    if isinstance(value, SentNumber):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_line(name)}: {value_text(item)}" for name, item in pairs(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(value_text, value)) + "]"
    return json_line(value)


def pairs(value: dict[str, object]) -> Iterable[tuple[str, object]]:
    """Return the names and values of an object, each value of a name that repeats."""
    return value.pairs if isinstance(value, RepeatedNames) else value.items()


def _mask_into(pieces: list[str], value: object) -> None:
    # Every record passes here: an object or a list of nothing but scalars, which most are, is one piece.
    if len(pieces) > _MOST_PIECES:
        return
    if (flat := _flat(value)) is not None:
        pieces.append(flat)
    elif isinstance(value, dict):
        values = [item for _, item in value.pairs] if isinstance(value, RepeatedNames) else value.values()
        _mask_object(pieces, values)
    elif isinstance(value, list):
        separator = "["
        for item in islice(value, _MOST_PIECES):
            pieces.append(separator)
            _mask_into(pieces, item)
            separator = ", "
        pieces.append("]")


def _mask_object(pieces: list[str], values: Iterable[object]) -> None:
    pieces.append("{")
    for item, field, masked_field in zip(values, _FIELDS, _MASKED_FIELDS, strict=False):
        if type(item) not in _STRUCTURES:
            pieces.append(masked_field)
        elif (flat := _flat(item)) is not None:
            pieces.append(field + flat)
        else:
            pieces.append(field)
            _mask_into(pieces, item)
    pieces.append("}")


def _flat(value: Any) -> str | None:
    """Return the mask of a scalar, or of an object or a list of nothing but scalars; None for any other."""
    kind = type(value)
    if kind is dict:
        return _flat_object(min(len(value), _MOST_PIECES)) if _has_scalars_only(value.values()) else None
    if kind is list:
        return _flat_list(min(len(value), _MOST_PIECES)) if _has_scalars_only(value) else _flat_objects(value)
    return None if kind is RepeatedNames else _MASKED


def _flat_objects(value: list[Any]) -> str | None:
    """Return the mask of a list of objects of one size, all of nothing but scalars, as samples are; else None."""
    if set(map(type, value)) != {dict} or len(sizes := set(map(len, value))) > 1:
        return None
    if not _has_scalars_only(chain.from_iterable(map(dict.values, value))):
        return None
    (size,) = sizes
    return _list_of_objects(min(len(value), _MOST_PIECES), min(size, _MOST_PIECES))


def _has_scalars_only(values: Iterable[object]) -> bool:
    return _STRUCTURES.isdisjoint(map(type, values))


@lru_cache(maxsize=256)
def _flat_object(count: int) -> str:
    return "{" + "".join(_MASKED_FIELDS[:count]) + "}"


@lru_cache(maxsize=256)
def _flat_list(count: int) -> str:
    return "[" + ", ".join([_MASKED] * count) + "]"


@lru_cache(maxsize=64)
def _list_of_objects(count: int, size: int) -> str:
    shown = min(count, _MOST_PIECES // max(1, size) + 1)  # of a long list only as much is written as is shown
    return "[" + ", ".join([_flat_object(size)] * shown) + "]"


def _field(name: object, item: object, allowed: Collection[str], path: str, masked_name: str) -> tuple[str, object]:
    # A path is put together only while it can lead to an allowed one: names come from outside and can be long. A name
    # without a path is masked: {"a.b": 1} is not {"a": {"b": 1}}, and the name 1 is not the name "1".
    inner = f"{path}.{name}" if path else str(name)
    if is_name(name) and any(field == inner or field.startswith(f"{inner}.") for field in allowed):
        return str(name), mask(item, allowed, inner)
    return masked_name, mask(item, (), "")
