"""A filter of records as it was understood: conditions on fields, combined by `and`, `or` and `not`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

# What a filter can ask besides the record's own fields.
PARTITION_KEY, SIZE, DECODER = "@key", "@size", "@decoder"
OUTSIDE = (PARTITION_KEY, SIZE, DECODER)
_PLAIN_NAME = re.compile(r"[^\W\d][\w:$/-]*")


class Operator(StrEnum):
    """How the value of a field is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"
    STARTS_WITH = "startswith"
    ENDS_WITH = "endswith"


ORDER = frozenset({Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST})
TEXT_OPERATORS = frozenset({Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH})
WORDS = frozenset(
    {"and", "or", "not", "in", "exists", "true", "false", "null", *(str(operator) for operator in TEXT_OPERATORS)}
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was typed, its exact value, and the `float` next to it."""

    text: str
    value: Decimal
    nearest: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nearest", float(self.value))


Literal = str | Number | bool | None


@dataclass(frozen=True, slots=True)
class Field:
    """A path into the record: names of fields and, as text, places in lists.

    One that `is_outside` is no field of the record itself: one of OUTSIDE.
    """

    path: tuple[str, ...]
    is_outside: bool = False

    @property
    def dotted(self) -> str:
        """Return the path as allow-lists have it: `reading.celsius`."""
        return ".".join(self.path)

    def __str__(self) -> str:
        if self.is_outside:
            return self.path[0]
        first = _quoted(self.path[0]) if self.path[0].isdecimal() else _name(self.path[0])
        return ".".join([first, *map(_name, self.path[1:])])


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field's value compared with one literal."""

    field: Field
    operator: Operator
    literal: Literal

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {literal_text(self.literal)}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field's value is one of several literals."""

    field: Field
    literals: tuple[Literal, ...]

    def __str__(self) -> str:
        return f"{self.field} in ({', '.join(map(literal_text, self.literals))})"


@dataclass(frozen=True, slots=True)
class Exists:
    """The record has the field, whatever its value."""

    field: Field

    def __str__(self) -> str:
        return f"{self.field} exists"


@dataclass(frozen=True, slots=True)
class Text:
    """The record's text contains this, in capitals or not."""

    text: str

    def __str__(self) -> str:
        return literal_text(self.text)


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"

    def __str__(self) -> str:
        return f"not {_in_brackets(self.condition)}"


@dataclass(frozen=True, slots=True)
class All:
    """Every condition holds."""

    conditions: tuple["Condition", ...]

    def __str__(self) -> str:
        return " and ".join(map(_in_brackets, self.conditions))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple["Condition", ...]

    def __str__(self) -> str:
        return " or ".join(map(_in_brackets, self.conditions))


Condition = Comparison | OneOf | Exists | Text | Not | All | AnyOf


def parts_of(condition: Condition) -> Iterator[Condition]:
    """Yield the conditions of which one consists that are no combination."""
    waiting: list[Condition] = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Not):
            waiting.append(part.condition)
        elif isinstance(part, All | AnyOf):
            waiting += part.conditions
        else:
            yield part


def literal_text(literal: Literal) -> str:
    """Return a literal as it is typed."""
    if isinstance(literal, Number):
        return literal.text
    if isinstance(literal, str):
        return '"' + literal.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return {True: "true", False: "false", None: "null"}[literal]


def _name(name: str) -> str:
    is_plain = name.isdecimal() or (_PLAIN_NAME.fullmatch(name) and name.lower() not in WORDS)
    return name if is_plain else _quoted(name)


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _in_brackets(condition: Condition) -> str:
    return f"({condition})" if isinstance(condition, All | AnyOf) else str(condition)
