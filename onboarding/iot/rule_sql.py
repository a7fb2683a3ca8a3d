"""A rule's SQL, checked before AWS is asked: SELECT list, FROM topic filter, WHERE condition.

It is the part of AWS IoT SQL that a rule into a data stream needs. What AWS would refuse is refused here, with its
position; so are clauses that a rule of Sluice does not use (SET, CASE, IN, nested queries).
https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html
"""

from dataclasses import dataclass
from typing import Any

from onboarding.iot.sql_functions import FUNCTIONS, TAKES_MESSAGE
from onboarding.iot.sql_tokens import SqlRefused, Token, tokens_of
from onboarding.iot.topics import filter_problem
from portal.messages.message import Message

LONGEST = 2000
MOST_DEPTH = 20
# AWS's name for the version of its SQL in which arrays and JSON objects are kept whole.
VERSION = "2016-03-23"
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class RuleSql:
    """SQL that was read: its topic filter, with the position of it, and whether a condition is in it."""

    topic_filter: str
    position: int
    has_condition: bool


def read_sql(sql: str) -> RuleSql:
    """Return what a rule's SQL says. Raises SqlRefused with what is wrong and where."""
    if len(sql) > LONGEST:
        raise SqlRefused(Message("sql.too_long", most=LONGEST))
    return _Reader(tokens_of(sql)).statement()


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def statement(self) -> RuleSql:
        self._expect("SELECT")
        self._item()
        while self._take(","):
            self._item()
        self._expect("FROM")
        source = self._next_of_kind("string", Message("sql.filter_expected", **self._here))
        if problem := filter_problem(source.value):
            raise SqlRefused(Message("sql.filter", reason=problem, position=source.position))
        has_condition = self._take("WHERE")
        if has_condition:
            self._either()
        if self._now.kind != "end":
            raise SqlRefused(Message("sql.end_expected", **self._here))
        return RuleSql(source.value, source.position, has_condition)

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *texts: str) -> bool:
        if not self._now.is_(*texts):
            return False
        self._place += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise SqlRefused(Message("sql.expected", expected=text, **self._here))

    def _next_of_kind(self, kind: str, missing: Message) -> Token:
        found = self._now
        if found.kind != kind:
            raise SqlRefused(missing)
        self._place += 1
        return found

    @property
    def _here(self) -> dict[str, Any]:
        return {"found": self._now.text or Message("sql.the_end"), "position": self._now.position}

    def _item(self) -> None:
        if self._take("*"):
            return
        self._either()
        if self._take("AS"):
            self._next_of_kind("name", Message("sql.alias_expected", **self._here))

    def _either(self) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise SqlRefused(Message("sql.too_deep", most=MOST_DEPTH, position=self._now.position))
        self._binary(0)
        self._depth -= 1

    # From what binds least to what binds most.
    _LEVELS = (("OR",), ("AND",), _COMPARE, ("+", "-"), ("*", "/", "%"))

    def _binary(self, level: int) -> None:
        if level == len(self._LEVELS):
            self._operand()
            return
        self._negated(level)
        while self._take(*self._LEVELS[level]):
            self._negated(level)

    def _negated(self, level: int) -> None:
        if self._LEVELS[level] == _COMPARE:
            while self._take("NOT"):
                pass
        self._binary(level + 1)

    def _operand(self) -> None:
        self._take("-")
        if self._take("("):
            self._either()
            self._expect(")")
        elif self._now.kind in {"string", "number"} or self._now.is_("TRUE", "FALSE", "NULL", "UNDEFINED"):
            self._place += 1
        else:
            name = self._next_of_kind("name", Message("sql.value_expected", **self._here))
            self._arguments(name) if self._take("(") else self._path()

    def _path(self) -> None:
        while True:
            if self._take("."):
                self._next_of_kind("name", Message("sql.name_expected", **self._here))
            elif self._take("["):
                self._either()
                self._expect("]")
            else:
                return

    def _arguments(self, function: Token) -> None:
        least, most = FUNCTIONS.get(function.text.lower(), (-1, -1))
        if least < 0:
            raise SqlRefused(Message("sql.unknown_function", name=function.text, position=function.position))
        count = 0
        while not self._take(")"):
            if count:
                self._expect(",")
            if not (function.text.lower() in TAKES_MESSAGE and not count and self._take("*")):
                self._either()
            count += 1
        if not least <= count <= most:
            counts = {"found_count": count, "least": least, "most": most}
            raise SqlRefused(Message("sql.arguments", name=function.text, position=function.position, **counts))
