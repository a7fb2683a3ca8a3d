"""Applies a filter to a record. Pure; the work is bounded by MAX_VISITED for each field and MAX_STEPS for a record."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
# Values visited, comparisons and pieces of text that a filter may need for a data record: about a tenth of a second.
MAX_STEPS = 100_000
_CHARACTERS_A_STEP = 512
_STEPS_A_CONDITION = 2  # whether the record has the field or not
_EXACT_INTEGER = 2**53  # below it, each integer is a `float`
_MISSING = object()


class NotExact(Exception):
    """A number is as near to that of the filter as a `float` can tell: its text as it was sent must be compared."""


class TooMuchWork(Exception):
    """The record has so many values or so much text that this filter is not applied to it."""


@dataclass(slots=True)
class Record:
    """What a filter sees of a record: its value (JSON-like, or text, or None), its text, and what is outside of it.

    `size` is in bytes; `decoder` the path of decoders, "gzip › JSON". In a value that `is_exact`, a number has its text
    if that says more than a `float`.
    """

    value: object
    text: str
    partition_key: str = ""
    size: int = 0
    decoder: str = ""
    is_exact: bool = True
    _folded: str | None = field(default=None, init=False, repr=False)

    @property
    def folded(self) -> str:
        """Return the text without the difference of capitals; made once, for all conditions and filters."""
        if self._folded is None:
            self._folded = self.text.casefold()
        return self._folded


class Work:
    """The steps that are left of one filter for one data record, with all the records that are inside it."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Count steps; raises TooMuchWork."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork


def matches(condition: Condition, record: Record, work: Work | None = None) -> bool:
    """Return whether a record fulfils a filter. A field that it does not have fulfils no comparison.

    Raises TooMuchWork: what more than MAX_STEPS would decide is not decided. `work` is what is left of them for this
    record and those after it. Raises NotExact of a record that is not.
    """
    return _matches(condition, record, work or Work())


def _matches(condition: Condition, record: Record, work: Work) -> bool:
    if isinstance(condition, All):
        return all(_matches(part, record, work) for part in condition.conditions)
    if isinstance(condition, AnyOf):
        return any(_matches(part, record, work) for part in condition.conditions)
    if isinstance(condition, Not):
        return not _matches(condition.condition, record, work)
    if isinstance(condition, Text):
        work.spend(1 + len(record.text) // _CHARACTERS_A_STEP)
        return condition.text.casefold() in record.folded
    work.spend(_STEPS_A_CONDITION)
    values = _values(condition.field, record, work)
    if isinstance(condition, Exists):
        return bool(values)
    if isinstance(condition, OneOf):
        work.spend(len(values) * len(condition.literals))
        return any(_equals(value, literal, record) for value in values for literal in condition.literals)
    work.spend(len(values))
    return _compared(condition, values, record, work)


def values_of(wanted: Field, record: Record) -> list[object]:
    """Return the values of a record's field, those in lists too; raises TooMuchWork."""
    return _values(wanted, record, Work())


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


def _values(wanted: Field, record: Record, work: Work) -> list[object]:
    if wanted.is_outside:
        return [_OUTSIDE[wanted.path[0]](record)]
    level: list[object] = [record.value]
    for name in wanted.path:
        level = list(_inner(level, name, work))
        work.spend(len(level))
    found: list[object] = []
    for value in level:
        found.append(value)
        if isinstance(value, list):
            work.spend(min(len(value), MAX_VISITED))
            found += value[:MAX_VISITED]
    return found


def _inner(level: Iterable[object], name: str, work: Work) -> Iterator[object]:
    """Yield what a name leads to: into objects, and through lists into each of their objects."""
    left = MAX_VISITED
    for value in level:
        for item in _objects(value, name, work):
            left -= 1
            if left < 0:
                return
            yield item


def _objects(value: object, name: str, work: Work) -> Iterator[object]:
    if isinstance(value, dict):
        yield from _named(value, name, work)
    elif isinstance(value, list):
        if name.isdecimal() and len(name) < 9 and int(name) < len(value):
            yield value[int(name)]
        work.spend(min(len(value), MAX_VISITED))
        for item in value[:MAX_VISITED]:
            if isinstance(item, dict):
                yield from _named(item, name, work)


def _named(value: dict[str, object], name: str, work: Work) -> Collection[object]:
    pairs: Collection[tuple[str, object]] | None = getattr(value, "pairs", None)  # of an object whose names repeat
    if pairs is not None:
        work.spend(len(pairs))
        return [item for key, item in pairs if key == name]
    return (value[name],) if name in value else ()


def _compared(condition: Comparison, values: list[object], record: Record, work: Work) -> bool:
    literal = condition.literal
    if condition.operator is Operator.EQUAL:
        return any(_equals(value, literal, record) for value in values)
    if condition.operator is Operator.NOT_EQUAL:
        return bool(values) and not any(_equals(value, literal, record) for value in values)
    if condition.operator in ORDER:
        return any(_in_order(value, condition.operator, literal, record) for value in values)
    texts = [value for value in values if isinstance(value, str)]
    work.spend(sum(map(len, texts)) // _CHARACTERS_A_STEP)
    return any(_within(value, condition.operator, str(literal)) for value in texts)


def _equals(value: object, literal: Literal, record: Record) -> bool:
    if isinstance(literal, Number):
        if isinstance(value, str):  # `zone = 3.02` finds the text "3.02" too
            return value == literal.text
        return _order(value, literal, record) == 0
    if isinstance(literal, bool) or literal is None:
        return value is literal
    return isinstance(value, str) and value == literal


def _in_order(value: object, operator: Operator, literal: Literal, record: Record) -> bool:
    if isinstance(literal, Number):
        order = _order(value, literal, record)
        return order is not None and _holds(order, operator)
    if not isinstance(value, str) or not isinstance(literal, str):
        return False
    return _holds((value > literal) - (value < literal), operator)


def _order(value: object, literal: Number, record: Record) -> int | None:
    """Return whether a value is below (-1), equal to (0) or above (1) a number; None if it is no number.

    Rounding to the next `float` never changes an order, only makes equal what is not; so the exact numbers, which take
    ten times as long, are compared only where the rounded ones are equal. Raises NotExact.
    """
    if type(value) is float or (type(value) is int and -_EXACT_INTEGER < value < _EXACT_INTEGER):
        if value < literal.nearest:
            return -1
        if value > literal.nearest:
            return 1
        if type(value) is float and not record.is_exact and value == value:  # NaN has no order
            raise NotExact
    number = _number(value)
    return None if number is None else int(number.compare(literal.value))


def _holds(order: int, operator: Operator) -> bool:
    """Return whether the operator holds where `order` is below, equal to or above 0."""
    if operator is Operator.LESS:
        return order < 0
    if operator is Operator.AT_MOST:
        return order <= 0
    return order > 0 if operator is Operator.GREATER else order >= 0


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
