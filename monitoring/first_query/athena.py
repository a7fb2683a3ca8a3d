"""CREATE TABLE of Amazon Athena over the files of a delivery, and a first query. Pure.

https://docs.aws.amazon.com/athena/latest/ug/create-table.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.first_query.projection import PartitionColumn, Projection, projection_of
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.s3 import S3
from portal.messages.message import Message

MOST_FIELDS = 200
_DATABASE = "default"
_NAME = re.compile(r"[^a-z0-9_]+")
_TYPES = frozenset({"boolean", "int", "bigint", "double", "string", "timestamp", "date"})
_NESTED = re.compile(r"(?:array|struct)<[a-z0-9_:,<>]+>")
_WHOLE_LINES = Message("first_query.whole_lines")
# Athena reads gzip by the name's ending, and Snappy only as Hadoop frames it; no ZIP.
# https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
_NOT_READ = {"ZIP", "Snappy"}
# https://docs.aws.amazon.com/athena/latest/ug/regex-serde.html
_WHOLE_LINE = "org.apache.hadoop.hive.serde2.RegexSerDe"
_JSON = "org.openx.data.jsonserde.JsonSerDe"


@dataclass(frozen=True, slots=True)
class TableField:
    """A field of the records: its name as sent, and its type in Athena."""

    name: str
    type: str = "string"


@dataclass(frozen=True, slots=True)
class FirstQuery:
    """The statements, or why there are none; `notes` are what the reader must know about them."""

    create: str = ""
    select: str = ""
    notes: tuple[Message, ...] = ()
    problem: Message | None = None


def first_query(
    delivery: Delivery, *, since: datetime, fields: Sequence[TableField] = (), about_fields: Message = _WHOLE_LINES
) -> FirstQuery:
    """Return the statements for a delivery to S3, from `since` on; without `fields`, each line is one column.

    `fields` are those that were seen in the records: at most 200, of a type that Athena reads from JSON. `about_fields`
    says where they come from, or why there are none.
    """
    destination = delivery.destination
    if not isinstance(destination, S3):
        return FirstQuery(problem=Message("first_query.no_files", destination=destination.TITLE))
    if destination.conversion is not None:
        table = f"{destination.conversion.database}.{destination.conversion.table}"
        return FirstQuery(problem=Message("first_query.converted", table=table))
    if delivery.compression in _NOT_READ:
        return FirstQuery(problem=Message("first_query.compression", compression=delivery.compression))
    projection = projection_of(delivery.prefix, since)
    table = f"`{_DATABASE}`.`{_name(delivery.name)}`"
    columns = _columns(fields, {column.name for column in projection.columns})
    return FirstQuery(
        create=_create(table, f"s3://{delivery.bucket}/", columns, projection),
        select=_select(table.replace("`", '"'), bool(columns), projection),
        notes=(*_notes(destination, projection), about_fields),
    )


def _create(table: str, bucket: str, columns: list[tuple[str, str, str]], projection: Projection) -> str:
    lines = ",\n".join(f"  `{name}` {kind}" for name, kind, _ in columns) or "  `record` string"
    text = f"CREATE EXTERNAL TABLE IF NOT EXISTS {table} (\n{lines}\n)\n"
    if projection.columns:
        parts = ", ".join(f"`{column.name}` {column.type}" for column in projection.columns)
        text += f"PARTITIONED BY ({parts})\n"
    text += _serde(columns)
    text += f"STORED AS TEXTFILE\nLOCATION {_text(bucket + projection.location)}\n"
    properties = _properties(bucket, projection)
    if properties:
        text += (
            "TBLPROPERTIES (\n" + ",\n".join(f"  {_text(key)} = {_text(value)}" for key, value in properties) + "\n)"
        )
    return text.rstrip() + ";"


def _serde(columns: list[tuple[str, str, str]]) -> str:
    if not columns:
        return f"ROW FORMAT SERDE '{_WHOLE_LINE}'\nWITH SERDEPROPERTIES ('input.regex' = '(.*)')\n"
    renamed = [(f"mapping.{name}", sent) for name, _, sent in columns if name != sent]
    properties = [("ignore.malformed.json", "true"), *renamed]
    shown = ", ".join(f"{_text(key)} = {_text(value)}" for key, value in properties)
    return f"ROW FORMAT SERDE '{_JSON}'\nWITH SERDEPROPERTIES ({shown})\n"


def _properties(bucket: str, projection: Projection) -> list[tuple[str, str]]:
    if not projection.columns:
        return []
    found = [("projection.enabled", "true")]
    for column in projection.columns:
        found += [(f"projection.{column.name}.{key}", value) for key, value in column.properties]
    return [*found, ("storage.location.template", bucket + projection.template)]


def _select(table: str, has_fields: bool, projection: Projection) -> str:
    wanted = [condition for column in projection.columns if (condition := _condition(column))]
    where = "\nWHERE " + "\n  AND ".join(wanted) if wanted else ""
    return f"SELECT {'*' if has_fields else 'record'}\nFROM {table}{where}\nLIMIT 10;"


def _condition(column: PartitionColumn) -> str:
    if column.type == "int":
        part = {"year": "year", "month": "month", "day": "day", "hour": "hour"}.get(column.name)
        return f'"{column.name}" = {part}(current_timestamp)' if part in {"year", "month", "day"} else ""
    if column.pattern:
        pattern = column.pattern
        for letters, code in (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%i")):
            pattern = pattern.replace(letters, code)
        return f"\"{column.name}\" >= date_format(current_timestamp - interval '1' day, '{pattern}')"
    return f"\"{column.name}\" = 'VALUE'"


def _notes(destination: S3, projection: Projection) -> list[Message]:
    found = [projection.problem] if projection.problem else []
    if any(not column.pattern for column in projection.columns):
        found.append(Message("first_query.injected"))
    if destination.time_zone != "UTC" and projection.columns:
        found.append(Message("first_query.time_zone", zone=destination.time_zone))
    delimits = destination.delimiter or bool(destination.partitioning and destination.partitioning.delimiter)
    if not delimits:
        found.append(Message("first_query.joined"))
    return found


def _columns(fields: Sequence[TableField], taken: set[str]) -> list[tuple[str, str, str]]:
    """Return (column, type, name as sent); of two fields with one column name, the first."""
    found = dict[str, tuple[str, str, str]]()
    for field in fields[:MOST_FIELDS]:
        name = _name(field.name)
        name = f"{name}_" if name in taken else name
        if name.strip("_"):
            is_known = field.type in _TYPES or _NESTED.fullmatch(field.type)
            found.setdefault(name, (name, field.type if is_known else "string", field.name))
    return list(found.values())


def _name(text: str) -> str:
    return _NAME.sub("_", text.lower())[:128]


def _text(value: str) -> str:
    """Return a text as HiveQL writes it; what could end it is escaped."""
    cleaned = "".join(character for character in value if character.isprintable())
    return "'" + cleaned.replace("\\", "\\\\").replace("'", "\\'") + "'"
