"""Reads a filter of records: `reading.celsius > 30 and zone = "3.02"`. docs/filters.md has the grammar.

It has no patterns and no functions: what it costs to apply grows with the record alone.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from monitoring.filters.conditions import (
    ORDER,
    OUTSIDE,
    TEXT_OPERATORS,
    WORDS,
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
)
from monitoring.filters.tokens import FilterRefused, Kind, Token, tokens
from portal.messages.message import Message

MAX_CONDITIONS = 40
MAX_NESTING = 10
MAX_NAMES = 20
_CONSTANTS: dict[str, Literal] = {"true": True, "false": False, "null": None}
_OPERATORS = frozenset(str(operator) for operator in Operator)


def parse(text: str) -> Condition | None:
    """Return the filter that a text says, or None for an empty text; raises FilterRefused."""
    pieces = tokens(text)
    if len(pieces) == 1:
        return None
    return _Parser(pieces).filter()


def parse_fields(text: str) -> list[Field]:
    """Return the fields of a text, separated by commas, such as "reading.celsius, zone"; raises FilterRefused."""
    pieces = tokens(text)
    return [] if len(pieces) == 1 else _Parser(pieces).fields()


class _Parser:
    def __init__(self, pieces: list[Token]) -> None:
        self._pieces = pieces
        self._at = 0
        self._conditions = 0
        self._depth = 0

    def filter(self) -> Condition:
        found = self._any_of()
        if self._next.kind is not Kind.END:
            is_bracket = self._is_sign(")")
            raise self._refusal(
                Message("filter.bracket_not_opened") if is_bracket else Message("filter.and_or_expected")
            )
        return found

    def fields(self) -> list[Field]:
        found = [self._field()]
        while self._is_sign(","):
            self._take()
            found.append(self._field())
        if self._next.kind is not Kind.END:
            raise self._refusal(Message("filter.comma_expected"))
        return found

    @property
    def _next(self) -> Token:
        return self._pieces[self._at]

    def _take(self) -> Token:
        taken = self._next
        self._at += taken.kind is not Kind.END
        return taken

    def _is_word(self, *wanted: str) -> bool:
        return self._next.kind is Kind.NAME and self._next.value.lower() in wanted

    def _is_sign(self, *signs: str) -> bool:
        return self._next.kind is Kind.SIGN and self._next.value in signs

    def _refusal(self, message: Message, token: Token | None = None) -> FilterRefused:
        return FilterRefused(message, (token or self._next).at)

    def _any_of(self) -> Condition:
        found = self._separated("or", self._all)
        return found[0] if len(found) == 1 else AnyOf(tuple(found))

    def _all(self) -> Condition:
        found = self._separated("and", self._negated)
        return found[0] if len(found) == 1 else All(tuple(found))

    def _separated(self, word: str, part: Callable[[], Condition]) -> list[Condition]:
        found = [part()]
        while self._is_word(word):
            self._take()
            found.append(part())
        return found

    def _negated(self) -> Condition:
        negations = 0
        while self._is_word("not"):
            self._take()
            negations += 1
        found = self._bracketed() if self._is_sign("(") else self._single()
        return Not(found) if negations % 2 else found

    def _bracketed(self) -> Condition:
        opened = self._take()
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self._refusal(Message("filter.nested_too_deep", level_count=MAX_NESTING), opened)
        found = self._any_of()
        if not self._is_sign(")"):
            is_end = self._next.kind is Kind.END
            raise self._refusal(Message("filter.bracket_not_closed") if is_end else Message("filter.and_or_expected"))
        self._take()
        self._depth -= 1
        return found

    def _single(self) -> Condition:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise self._refusal(Message("filter.too_many_conditions", limit_count=MAX_CONDITIONS))
        if self._next.kind is Kind.TEXT:
            return self._text()
        return self._about(self._field())

    def _text(self) -> Condition:
        token = self._take()
        if not token.value:
            raise self._refusal(Message("filter.empty_text"), token)
        if self._is_sign(*_OPERATORS) or self._is_word(*_OPERATORS, "in", "exists"):
            raise self._refusal(Message("filter.text_as_field", text=token.value), token)
        return Text(token.value)

    def _about(self, field: Field) -> Condition:
        if self._is_word("exists"):
            self._take()
            return Exists(field)
        if self._is_word("in"):
            self._take()
            return OneOf(field, self._listed())
        if not (self._is_sign(*_OPERATORS) or self._is_word(*TEXT_OPERATORS)):
            raise self._refusal(Message("filter.comparison_expected", field=str(field)))
        operator = Operator(self._take().value.lower())
        value_at = self._next
        literal = self._literal()
        if operator in ORDER and (literal is None or isinstance(literal, bool)):
            raise self._refusal(Message("filter.no_order", operator=operator), value_at)
        if operator in TEXT_OPERATORS and not (isinstance(literal, str) and literal):
            raise self._refusal(Message("filter.text_expected", operator=operator), value_at)
        return Comparison(field, operator, literal)

    def _listed(self) -> tuple[Literal, ...]:
        if not self._is_sign("("):
            raise self._refusal(Message("filter.list_expected"))
        self._take()
        found = [self._literal()]
        while self._is_sign(","):
            self._take()
            found.append(self._literal())
        if not self._is_sign(")"):
            raise self._refusal(Message("filter.list_not_closed"))
        self._take()
        return tuple(found)

    def _field(self) -> Field:
        first = self._next
        if first.kind is Kind.NUMBER or self._is_word(*_CONSTANTS):
            raise self._refusal(Message("filter.value_as_field", text=first.value))
        if first.kind not in {Kind.NAME, Kind.QUOTED_NAME} or self._is_word(*WORDS):
            raise self._refusal(Message("filter.condition_expected"))
        path = self._names()
        while self._is_sign(".", "["):
            path += [self._place()] if self._take().value == "[" else self._names()
            if len(path) > MAX_NAMES:
                raise self._refusal(Message("filter.too_many_names", limit_count=MAX_NAMES), first)
        is_outside = first.kind is Kind.NAME and first.value.startswith("@")
        if is_outside and (first.value not in OUTSIDE or len(path) > 1):
            known = ", ".join(OUTSIDE)
            raise self._refusal(Message("filter.unknown_outside", name=first.value, known=known), first)
        return Field(tuple(path), is_outside)

    def _names(self) -> list[str]:
        token = self._next
        if token.kind is Kind.NUMBER:  # places in lists: of `grid.0.1` the pieces are `grid`, `.` and `0.1`
            found = token.value.split(".")
            if not all(name.isdecimal() for name in found):
                raise self._refusal(Message("filter.name_expected"))
            self._take()
            return found
        if token.kind not in {Kind.NAME, Kind.QUOTED_NAME} or not token.value:
            raise self._refusal(Message("filter.name_expected"))
        return [self._take().value]

    def _place(self) -> str:
        token = self._take()
        if token.kind is not Kind.NUMBER or not token.value.isdecimal():
            raise self._refusal(Message("filter.place_expected"), token)
        if not self._is_sign("]"):
            raise self._refusal(Message("filter.place_not_closed"))
        self._take()
        return token.value

    def _literal(self) -> Literal:
        token = self._take()
        if token.kind is Kind.TEXT:
            return token.value
        if token.kind is Kind.NUMBER:
            return _number(token)
        if token.kind is Kind.NAME and token.value.lower() in _CONSTANTS:
            return _CONSTANTS[token.value.lower()]
        if token.kind in {Kind.NAME, Kind.QUOTED_NAME}:
            raise self._refusal(Message("filter.quotes_missing", text=token.value), token)
        raise self._refusal(Message("filter.value_expected"), token)


def _number(token: Token) -> Number:
    try:
        value = Decimal(token.value)
    except InvalidOperation as error:  # an exponent beyond 18 digits
        raise FilterRefused(Message("filter.number_too_large"), token.at) from error
    return Number(token.value, value)
