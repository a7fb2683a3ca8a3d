"""The words of a rule's SQL, each with its position, counted from 1."""

import re
from dataclasses import dataclass

from portal.messages.message import Message

KEYWORDS = frozenset({"SELECT", "FROM", "WHERE", "AS", "AND", "OR", "NOT", "TRUE", "FALSE", "NULL", "UNDEFINED"})
# Words of AWS IoT SQL that a rule of Sluice does not use.
UNSUPPORTED = frozenset({"SET", "CASE", "WHEN", "VALUE", "EXISTS", "IN", "LIKE", "BETWEEN", "IS"})
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><>|<=|>=|[*,().=<>+\-/%\[\]])"
)


class SqlRefused(ValueError):
    """SQL that cannot be used: what is wrong, and at which character."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Token:
    """A word of SQL: `kind` is "string", "number", "name", "keyword", "sign" or "end"."""

    kind: str
    text: str
    position: int

    def is_(self, *texts: str) -> bool:
        """Return whether it is one of these keywords or signs."""
        return self.kind in {"keyword", "sign"} and self.text in texts

    @property
    def value(self) -> str:
        """Return the text of a string without its quotation marks."""
        return self.text[1:-1].replace("''", "'")


def tokens_of(sql: str) -> list[Token]:
    """Return the words of SQL, the last of kind "end". Raises SqlRefused at what is none."""
    found: list[Token] = []
    place = 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise _unreadable(sql, place)
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match.group(), place + 1))
        place = match.end()
    return [*found, Token("end", "", len(sql) + 1)]


def _token(kind: str, text: str, position: int) -> Token:
    word = text.upper()
    if kind == "name" and word in UNSUPPORTED:
        raise SqlRefused(Message("sql.unsupported", word=word, position=position))
    if kind == "name" and word in KEYWORDS:
        return Token("keyword", word, position)
    return Token(kind, text, position)


def _unreadable(sql: str, place: int) -> SqlRefused:
    if sql[place] == "'":
        return SqlRefused(Message("sql.string_not_closed", position=place + 1))
    return SqlRefused(Message("sql.character", character=sql[place], position=place + 1))
