"""Partition projection of Athena from a prefix of Firehose: which columns it has, and where their files are. Pure.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from onboarding.deliveries import s3_prefix
from portal.messages.message import Message

_EXPRESSION = re.compile(r"!\{([^}]{0,512})\}")
# Of the letters of a timestamp that Firehose knows: the name of the column, the least and most value, the digits.
_SINGLE = {
    "yyyy": ("year", 0, 2099, 4),
    "MM": ("month", 1, 12, 2),
    "dd": ("day", 1, 31, 2),
    "HH": ("hour", 0, 23, 2),
    "mm": ("minute", 0, 59, 2),
}
_UNITS = (("mm", "MINUTES"), ("HH", "HOURS"), ("dd", "DAYS"), ("MM", "MONTHS"), ("yyyy", "YEARS"))
_STRFTIME = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
_COMBINED = re.compile(r"yyyy(?:[-/_.]?MM(?:[-/_.]?dd(?:[-/_.]?HH(?:[-/_.]?mm)?)?)?)?")
_LETTERS = re.compile(r"yyyy|MM|dd|HH|mm")
_USUAL = "yyyy/MM/dd/HH"


@dataclass(frozen=True, slots=True)
class PartitionColumn:
    """A partition column: its type, and its properties of projection without the column's name."""

    name: str
    type: str
    properties: tuple[tuple[str, str], ...]
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """The partition columns of a prefix, and the prefix with a placeholder for each; `problem` in place of columns."""

    columns: tuple[PartitionColumn, ...]
    template: str
    location: str
    problem: Message | None = None


def projection_of(prefix: str, since: datetime) -> Projection:
    """Return the projection of a delivery's prefix, from `since` (in the prefix's time zone) on.

    A prefix without a timestamp and without partition keys gets yyyy/MM/dd/HH/ from Firehose.
    """
    location = prefix[: prefix.find("!{")] if "!{" in prefix else prefix
    location = location[: location.rfind("/") + 1]
    namespaces = {expression.partition(":")[0] for expression in _EXPRESSION.findall(prefix)}
    if namespaces.isdisjoint({"timestamp", s3_prefix.FROM_QUERY, s3_prefix.FROM_LAMBDA}):
        prefix = f"{prefix}!{{timestamp:{_USUAL}}}/"
    try:
        columns, template = _filled(prefix, since)
    except _NotProjected as refused:
        return Projection((), "", location, Message("first_query.not_projected", expression=str(refused)))
    return Projection(tuple(columns), template, location)


class _NotProjected(Exception):
    pass


def _filled(prefix: str, since: datetime) -> tuple[list[PartitionColumn], str]:
    if "${" in prefix:
        raise _NotProjected("${")
    columns, parts, position = dict[str, PartitionColumn](), list[str](), 0
    for match in _EXPRESSION.finditer(prefix):
        column = _column(match[1], since)
        if columns.get(column.name, column) != column:
            raise _NotProjected(match[0])
        columns[column.name] = column
        parts += [prefix[position : match.start()], f"${{{column.name}}}"]
        position = match.end()
    parts.append(prefix[position:])
    template = "".join(parts)
    # A partition is a folder: what stands behind the last slash is the start of a file's name.
    folder = template[: template.rfind("/") + 1]
    if any(f"${{{name}}}" not in folder for name in columns):
        raise _NotProjected(prefix)
    return list(columns.values()), folder


def _column(expression: str, since: datetime) -> PartitionColumn:
    namespace, _, value = expression.partition(":")
    if namespace in {s3_prefix.FROM_QUERY, s3_prefix.FROM_LAMBDA}:
        return PartitionColumn(value.lower(), "string", (("type", "injected"),))
    pattern = value.replace("'", "")
    if namespace != "timestamp" or not pattern.isascii():
        raise _NotProjected(f"!{{{expression}}}")
    if pattern in _SINGLE:
        return PartitionColumn(*_of_number(pattern, since), pattern)
    if not _COMBINED.fullmatch(pattern):
        raise _NotProjected(f"!{{{expression}}}")
    return PartitionColumn("delivered", "string", tuple(_of_date(pattern, since)), pattern)


def _of_number(pattern: str, since: datetime) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    name, least, most, digits = _SINGLE[pattern]
    least = since.year if pattern == "yyyy" else least
    return name, "int", (("type", "integer"), ("range", f"{least},{most}"), ("digits", str(digits)))


def _of_date(pattern: str, since: datetime) -> Iterator[tuple[str, str]]:
    first = _LETTERS.sub(lambda match: since.strftime(_STRFTIME[match[0]]), pattern)
    yield "type", "date"
    yield "format", pattern
    yield "range", f"{first},NOW"
    yield "interval", "1"
    yield "interval.unit", next(unit for letters, unit in _UNITS if letters in pattern)
