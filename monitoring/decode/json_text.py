"""JSON as it was sent. The text is kept; the value is for masking and for fields.

orjson reads what is usual. What it would change or refuse is read by Python's own decoder: numbers beyond 64 bits,
names that repeat in an object, halves of surrogate pairs, nesting beyond its limit.
"""

import json
from typing import Any

import orjson

from monitoring.decode.budget import Budget, NotThisFormat, ValueTooLarge
from monitoring.decode.characters import utf8
from monitoring.decode.content import Detail, Value
from portal.messages.message import Message

MAX_JSON_NESTING = 1_000
MAX_JSON_VALUES = 1_000_000
_CHECKED_BYTES = 64 * 1024
_EXACT_DIGITS = 15
_UNREAD = object()


class SentNumber(float):
    """A number whose text says more than its value: `1.10`, `1e400`, or more digits than a float has."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> "SentNumber":
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str


class RepeatedNames(dict[str, Any]):
    """An object in which names repeat. As a dict it has the last value of each; `pairs` are all of them."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def json_value(data: bytes, budget: Budget, *, exact: bool = False) -> Value:
    """Read JSON (RFC 8259) in UTF-8; raises NotThisFormat, BudgetExceeded.

    With `exact`, numbers whose text says more than a float are SentNumber. Otherwise the value's numbers are those of
    Python, and only the text is as it was sent.
    """
    if len(data) > _CHECKED_BYTES:
        _check_size(data)
    value: object = _UNREAD
    try:
        value = orjson.loads(data)
        if not exact and _has_all_names(data, value):
            return Value(value, data.decode())
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        pass
    budget.check_time()
    text = utf8(data)
    try:
        value = _read(text)
    except ValueTooLarge:
        if value is _UNREAD:
            raise
        return Value(value, text)
    budget.check_time()
    return Value(value, text, _repeated(value))


def json_ends(text: str, budget: Budget) -> list[str]:
    """Return the JSON values of a text in which they follow each other, as they were sent; raises NotThisFormat."""
    found: list[str] = []
    at = 0
    while at < len(text):
        budget.check_time()
        try:
            _, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise NotThisFormat(Message("decode.json_syntax", detail=error.msg, position=error.pos)) from error
        except RecursionError as error:
            raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_JSON_NESTING)) from error
        found.append(text[at:end])
        at = end
        while at < len(text) and text[at] in " \t\r\n\x1e":
            at += 1
    return found


def _read(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotThisFormat(Message("decode.json_syntax", detail=error.msg, position=error.pos)) from error
    except RecursionError as error:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_JSON_NESTING)) from error


def _check_size(data: bytes) -> None:
    # Counted before a value exists: each comma or bracket begins one at most, and memory is limited.
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_JSON_VALUES:
        raise ValueTooLarge(Message("decode.too_many_values", limit_count=MAX_JSON_VALUES))


def _has_all_names(data: bytes, value: object) -> bool:
    # A name that repeats is lost in the value, so that fewer are written than were read. What is longer is not checked.
    if len(data) > _CHECKED_BYTES:
        return True
    return orjson.dumps(value).count(b'":') == data.count(b'":') + data.count(b'" :')


def _repeated(value: object) -> tuple[Detail, ...]:
    waiting, count = [value], 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, RepeatedNames):
            count += len(item.pairs) - len(item)
            waiting += [inner for _, inner in item.pairs]
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return (Detail(Message("record.repeated_names", field_count=count)),) if count else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else RepeatedNames(pairs)


def _integer(text: str) -> int | SentNumber:
    return int(text) if len(text) <= _EXACT_DIGITS and text != "-0" else SentNumber(text)


def _fraction(text: str) -> float:
    number = float(text)
    return number if repr(number) == text else SentNumber(text)


def _reject_constant(name: str) -> object:
    raise NotThisFormat(Message("decode.json_constant", name=name))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_reject_constant
)
