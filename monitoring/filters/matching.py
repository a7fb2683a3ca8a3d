"""Applies a filter to a record. Pure; the work is bounded by the record and by MAX_VISITED for each field."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from monitoring.filters.conditions import (
    DECODER,
    ORDER,
    PARTITION_KEY,
    SIZE,
    All,
    AnyOf,
    Comparison,
    Condition,
    Exists,
    Field,
    Literal,
    Not,
    Number,
    OneOf,
    Operator,
    Text,
    parts_of,
)

MAX_VISITED = 10_000  # values that one field's path can lead to: lists in lists multiply
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Record:
    """What a filter sees of a record: its value (JSON-like, or text, or None), its text, and what is outside of it.

    `size` is in bytes; `decoder` the path of decoders, "gzip › JSON".
    """

    value: object
    text: str
    partition_key: str = ""
    size: int = 0
    decoder: str = ""


def matches(condition: Condition, record: Record) -> bool:
    """Return whether a record fulfils a filter. A field that it does not have fulfils no comparison."""
    if isinstance(condition, All):
        return all(matches(part, record) for part in condition.conditions)
    if isinstance(condition, AnyOf):
        return any(matches(part, record) for part in condition.conditions)
    if isinstance(condition, Not):
        return not matches(condition.condition, record)
    if isinstance(condition, Text):
        return condition.text.casefold() in record.text.casefold()
    values = list(_values(condition.field, record))
    if isinstance(condition, Exists):
        return bool(values)
    if isinstance(condition, OneOf):
        return any(_equals(value, literal) for value in values for literal in condition.literals)
    return _compared(condition, values)


def is_allowed(condition: Condition, allowed: Iterable[str]) -> bool:
    """Return whether someone may filter so who sees only the allowed fields, as dotted paths.

    Anyone who can search for a value can find it out, so the text and other fields cannot be searched either.
    """
    fields = set(allowed)
    return all(_is_allowed(part, fields) for part in parts_of(condition))


def _is_allowed(part: Condition, allowed: set[str]) -> bool:
    if not isinstance(part, Comparison | OneOf | Exists):
        return False
    if part.field.is_outside:
        return part.field.path[0] != PARTITION_KEY or "partition_key" in allowed
    # A number can be a place in a list or a name, and a name with a dot looks like two: neither is allowed.
    is_plain = not any("." in name or name.isdecimal() for name in part.field.path)
    return is_plain and part.field.dotted in allowed


def _values(field: Field, record: Record) -> Iterator[object]:
    if field.is_outside:
        yield _OUTSIDE[field.path[0]](record)
        return
    level: list[object] = [record.value]
    for name in field.path:
        level = list(_inner(level, name))
    for value in level:
        yield value
        if isinstance(value, list):
            yield from value[:MAX_VISITED]


def _inner(level: Iterable[object], name: str) -> Iterator[object]:
    """Yield what a name leads to: into objects, and through lists into each of their objects."""
    left = MAX_VISITED
    for value in level:
        for item in _objects(value, name):
            left -= 1
            if left < 0:
                return
            yield item


def _objects(value: object, name: str) -> Iterator[object]:
    if isinstance(value, Mapping):
        pairs: Iterable[tuple[str, object]] | None = getattr(value, "pairs", None)  # of an object whose names repeat
        if pairs is not None:
            yield from (item for key, item in pairs if key == name)
        elif (found := value.get(name, _MISSING)) is not _MISSING:
            yield found
    elif isinstance(value, list):
        if name.isdecimal() and len(name) < 9 and int(name) < len(value):
            yield value[int(name)]
        for item in value[:MAX_VISITED]:
            if isinstance(item, Mapping):
                yield from _objects(item, name)


def _compared(condition: Comparison, values: list[object]) -> bool:
    literal = condition.literal
    if condition.operator is Operator.EQUAL:
        return any(_equals(value, literal) for value in values)
    if condition.operator is Operator.NOT_EQUAL:
        return bool(values) and not any(_equals(value, literal) for value in values)
    if condition.operator in ORDER:
        return any(_in_order(value, condition.operator, literal) for value in values)
    return any(isinstance(value, str) and _within(value, condition.operator, str(literal)) for value in values)


def _equals(value: object, literal: Literal) -> bool:
    if isinstance(literal, Number):
        if isinstance(value, str):  # `zone = 3.02` finds the text "3.02" too
            return value == literal.text
        number = _number(value)
        return number is not None and number == literal.value
    if isinstance(literal, bool) or literal is None:
        return value is literal
    return isinstance(value, str) and value == literal


def _in_order(value: object, operator: Operator, literal: Literal) -> bool:
    if isinstance(literal, Number):
        number = _number(value)
        return number is not None and _holds(number.compare(literal.value), operator)
    if not isinstance(value, str) or not isinstance(literal, str):
        return False
    return _holds((value > literal) - (value < literal), operator)


def _holds(order: Decimal | int, operator: Operator) -> bool:
    """Return whether the operator holds where `order` is below, equal to or above 0."""
    return {
        Operator.LESS: order < 0,
        Operator.AT_MOST: order <= 0,
        Operator.GREATER: order > 0,
        Operator.AT_LEAST: order >= 0,
    }[operator]


def _within(value: str, operator: Operator, text: str) -> bool:
    value, text = value.casefold(), text.casefold()
    if operator is Operator.CONTAINS:
        return text in value
    return value.startswith(text) if operator is Operator.STARTS_WITH else value.endswith(text)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    text = getattr(value, "text", None)  # a number whose text says more than its value
    try:
        found = Decimal(text if text is not None else repr(value))
    except (InvalidOperation, ValueError):  # an exponent or an integer beyond what can be compared
        return None
    return None if found.is_nan() else found


_OUTSIDE: Mapping[str, Callable[[Record], object]] = {
    PARTITION_KEY: lambda record: record.partition_key,
    SIZE: lambda record: record.size,
    DECODER: lambda record: record.decoder,
}
