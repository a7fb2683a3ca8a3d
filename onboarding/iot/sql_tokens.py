"""The words of a rule's SQL, each with its position, counted from 1."""

import re
from dataclasses import dataclass

from portal.messages.message import Message

KEYWORDS = frozenset({"SELECT", "FROM", "WHERE", "AS", "AND", "OR", "NOT", "TRUE", "FALSE", "NULL", "UNDEFINED"})
# Words of AWS IoT SQL that a rule of Sluice does not use.
UNSUPPORTED = frozenset({"SET", "CASE", "WHEN", "VALUE", "EXISTS", "IN", "LIKE", "BETWEEN", "IS"})
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><>|<=|>=|[*,().=<>+\-/%\[\]])"
)
# Control characters, lone surrogates, and what changes the direction of text: a reader would not see them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


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
    if unseen := _UNSEEN.search(sql):
        raise _unreadable(sql, unseen.start())
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
    character = sql[place] if sql[place].isprintable() else f"U+{ord(sql[place]):04X}"
    return SqlRefused(Message("sql.character", character=character, position=place + 1))
