"""How a setting is typed: as one line, one of a few, a tick, lines of names, or lines of “name: value”.

What is typed is text; `plain_of` makes of it what a declaration holds, `typed_of` the text of what a declaration holds.
A pair or a table that its line could not give back is typed as JSON, such as {"a:b": "c"}.
What cannot be read goes on as it is, for the rules of the declaration to name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from portal import json_lines
from portal.numbers import whole

KEPT_AS_IT_IS = "keep"
OFF = {"", "0", "false", "off", "none", "None", None, False}


class InputKind(StrEnum):
    """How a setting is typed."""

    LINE = "line"
    SECRET = "secret"  # noqa: S105  # a way of typing the ARN of one
    WHOLE = "whole"
    DAYS = "days"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKBOX = "checkbox"
    NAMES = "names"
    PAIRS = "pairs"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Input:
    """A setting of a delivery on the page: its path in the declaration, its words, and how it is typed."""

    path: str
    label: str
    help: str = ""
    kind: InputKind = InputKind.LINE
    choices: Sequence[tuple[str, str]] = ()
    initial: str = ""
    required: bool = True
    unit: str = ""

    @property
    def field(self) -> str:
        """Return the name of the form's field: that of the path, without the destination."""
        return field_of(self.path)


def field_of(path: str) -> str:
    """Return the form's field for a path within a delivery, such as "destination.vpc.subnet_ids"."""
    return path.removeprefix("destination.").replace(".", "__")


def plain_of(kind: InputKind, text: str) -> Any:
    """Return what a declaration holds for what was typed."""
    if kind is InputKind.CHECKBOX:
        return text not in OFF
    if kind is InputKind.DAYS and text == KEPT_AS_IT_IS:
        return None
    if kind in {InputKind.WHOLE, InputKind.DAYS}:
        return text if (number := whole(text)) is None else number
    if kind is InputKind.NUMBER:
        return _number(text)
    if kind is InputKind.NAMES:
        return [word for word in text.replace(",", " ").split() if word]
    if kind is InputKind.PAIRS:
        return dict(_pairs(text))
    return [_table(line) for line in _lines(text)] if kind is InputKind.TABLES else text


def typed_of(kind: InputKind, value: Any) -> str:
    """Return the text of what a declaration holds."""
    if value is None:
        return KEPT_AS_IT_IS if kind is InputKind.DAYS else ""
    if kind is InputKind.CHECKBOX:
        return "on" if value else ""
    if kind is InputKind.NAMES:
        return "\n".join(value)
    if kind is InputKind.PAIRS:
        return "\n".join(_pair_line(*pair) for pair in value.items())
    if kind is InputKind.TABLES:
        return "\n".join(_table_line(table) for table in value)
    return _number_text(value) if kind is InputKind.NUMBER else str(value)


def nested(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a declaration's shape of values by their paths."""
    whole: dict[str, Any] = {}
    for path, value in found.items():
        *parents, last = path.split(".")
        place = whole
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return whole


def at(whole: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path, or None."""
    found: Any = whole
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _number(text: str) -> Any:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return number if isfinite(number) else text


def _number_text(number: float) -> str:
    short = f"{number:g}"
    return short if float(short) == number else repr(number)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in _lines(text):
        name, _, value = line.partition(":")
        yield json_lines.pair(line) or (name.strip(), value.strip())


def _pair_line(name: str, value: str) -> str:
    line = f"{name}: {value}"
    return line if list(_pairs(line)) == [(name, value)] else json_lines.written({name: value})


def _table(line: str) -> dict[str, Any]:
    return json_lines.read(line) or _plain_table(line)


def _plain_table(line: str) -> dict[str, Any]:
    whole, _, error_prefix = line.partition("|")
    name, _, keys = whole.partition(":")
    database, _, table = name.strip().partition(".")
    found: dict[str, Any] = {"database": database, "table": table}
    if keys.strip():
        found["unique_keys"] = plain_of(InputKind.NAMES, keys)
    if error_prefix.strip():
        found["error_prefix"] = error_prefix.strip()
    return found


def _table_line(table: Mapping[str, Any]) -> str:
    given = {name: list(value) if name == "unique_keys" else value for name, value in table.items() if value}
    keys, error_prefix = ", ".join(given.get("unique_keys", ())), table.get("error_prefix")
    start = f"{table['database']}.{table['table']}{f': {keys}' if keys else ''}"
    line = f"{start} | {error_prefix}" if error_prefix else start
    return line if [_table(text) for text in _lines(line)] == [given] else json_lines.written(given)
