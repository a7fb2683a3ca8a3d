"""Columns of Athena's table from the field catalogue: a column for each field at the top of the records. Pure.

An object is a struct, a list an array. What Hive cannot name or type is a string, which then has the JSON text: objects
whose names are data, names that are reserved or have signs, and fields of which several types were seen.
https://docs.aws.amazon.com/athena/latest/ug/data-types.html https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

from monitoring.field_catalogue.json_types import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    item_types,
)
from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.paths import Path, is_shown
from monitoring.first_query.athena import TableField

_STRING = "string"
_SCALARS = {
    BOOLEAN: "boolean",
    INTEGER: "bigint",
    NUMBER: "double",
    INTEGER | NUMBER: "double",
    STRING: _STRING,
}
_ALL_ITEMS = NULL | BOOLEAN | INTEGER | NUMBER | STRING | OBJECT | ARRAY
_LONGEST_TYPE = 4_000
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,79}")
# https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html
_RESERVED_WORDS = """
    all alter and array as authorization between bigint binary boolean both by case cashe cast char column conf
    constraint commit create cross cube current current_date current_timestamp cursor database date dayofweek
    decimal delete describe distinct div double drop else end exchange exists extended external extract false
    fetch float floor following for foreign from full function grant group grouping having if import in inner
    insert int integer intersect interval into is join lateral left less like local macro map more none not null
    numeric of on only or order out outer over partialscan partition percent preceding precision preserve
    primary procedure range reads reduce regexp references revoke right rlike rollback rollup row rows select
    set smallint start table tablesample then time timestamp to transform trigger true truncate unbounded union
    uniquejoin update user using utc_timestamp values varchar views when where window with
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())

Children = Mapping[Path, list[Path]]


def columns_of(kind: KindFields, allowed: Collection[str] | None = None) -> list[TableField]:
    """Return the columns by name; with `allowed`, only those that people see who see records masked."""
    bits = {path: seen.bits for path, seen in kind.fields.items() if allowed is None or is_shown(path, allowed)}
    children = defaultdict[Path, list[Path]](list)
    for path in bits:
        children[path[:-1]].append(path)
    tops = sorted((str(path[0]), path) for path in children[()] if path[0] is not None)
    return [TableField(name, _type(path, bits[path], bits, children)) for name, path in tops]


def _type(path: Path, seen: int, bits: Mapping[Path, int], children: Children) -> str:
    found = seen & _ALL_ITEMS & ~NULL
    if found == ARRAY:
        items = item_types(seen) & ~NULL
        return _STRING if not items or items & ARRAY else f"array<{_type(path, items, bits, children)}>"
    if found == OBJECT:
        return _struct(path, bits, children)
    return _SCALARS.get(found, _STRING)


def _struct(path: Path, bits: Mapping[Path, int], children: Children) -> str:
    parts = dict[str, str]()
    for child in sorted(children.get(path, ()), key=str):
        name = (child[-1] or "*").lower()
        if not _NAME.fullmatch(name) or name in _RESERVED or name in parts:
            return _STRING
        parts[name] = _type(child, bits[child], bits, children)
    text = f"struct<{','.join(f'{name}:{kind}' for name, kind in parts.items())}>"
    return text if parts and len(text) <= _LONGEST_TYPE else _STRING
