"""The pieces of a filter's text, each with its place. Every piece is found by one look at a bounded text."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from portal.messages.message import Message

MAX_CHARACTERS = 500


class Kind(Enum):
    """What a piece is."""

    NAME = auto()  # a field or a word of the grammar
    QUOTED_NAME = auto()  # a field between backquotes
    NUMBER = auto()
    TEXT = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `at` is its place, counted from 0. `value` has quotes and escapes removed."""

    kind: Kind
    value: str
    at: int


class FilterRefused(Exception):
    """The text is no filter; `at` is the place of the first character that cannot be understood."""

    def __init__(self, message: Message, at: int) -> None:
        super().__init__(message)
        self.message, self.at = message, at


# No alternative can begin where another did, so nothing is read twice.
_PIECES = re.compile(
    r"""\s*(?:
        (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))
        |(?P<name>@?\w[\w:$/-]*)
        |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        |(?P<quoted>`(?:[^`\\]|\\.)*`)
        |(?P<sign><=|>=|!=|<>|==|[=<>(),.\[\]])
    )""",
    re.VERBOSE | re.DOTALL,
)
_SAME_SIGN = {"<>": "!=", "==": "="}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def tokens(text: str) -> list[Token]:
    """Return the pieces of a filter's text, and its end as the last; raises FilterRefused."""
    if len(text) > MAX_CHARACTERS:
        raise FilterRefused(Message("filter.too_long", limit_count=MAX_CHARACTERS), MAX_CHARACTERS)
    found: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        piece = _PIECES.match(text, at, end)
        if piece is None:
            raise _refusal(text, at)
        found.append(_token(piece))
        at = piece.end()
    return [*found, Token(Kind.END, "", end)]


def _token(piece: re.Match[str]) -> Token:
    group = piece.lastgroup or ""
    value, at = piece[group], piece.start(group)
    if group in {"text", "quoted"}:
        kind = Kind.TEXT if group == "text" else Kind.QUOTED_NAME
        return Token(kind, _ESCAPED.sub(r"\1", value[1:-1]), at)
    if group == "sign":
        return Token(Kind.SIGN, _SAME_SIGN.get(value, value), at)
    return Token(Kind.NUMBER if group == "number" else Kind.NAME, value, at)


def _refusal(text: str, at: int) -> FilterRefused:
    while text[at].isspace():
        at += 1
    if text[at] == "`":
        return FilterRefused(Message("filter.name_not_closed"), at)
    if text[at] in "\"'":
        return FilterRefused(Message("filter.text_not_closed"), at)
    return FilterRefused(Message("filter.character", character=text[at]), at)
