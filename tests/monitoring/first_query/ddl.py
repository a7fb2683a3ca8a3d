"""A strict reader of the statements: it knows the grammar of what is generated, and nothing beyond it.

Follows https://docs.aws.amazon.com/athena/latest/ug/create-table.html
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(`[a-z0-9_]+`)|('(?:[^'\\]|\\.)*')|([A-Za-z_][A-Za-z0-9_]*)|([().,;=<>:]))")
_TYPES = {"boolean", "int", "bigint", "double", "string", "timestamp", "date"}


@dataclass
class Table:
    name: tuple[str, str]
    columns: dict[str, str]
    partitions: dict[str, str]
    serde: str
    serde_properties: dict[str, str]
    location: str
    properties: dict[str, str]


class Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            assert match, f"not a token: {text[position : position + 40]!r}"
            self.tokens.append(match[0].strip())
            position = match.end()

    def take(self, *expected: str) -> None:
        for word in expected:
            found = self.tokens.pop(0)
            assert found == word, f"{found!r} in place of {word!r}"

    def at(self, word: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == word

    def name(self) -> str:
        found = self.tokens.pop(0)
        assert found.startswith("`"), found
        return found.strip("`")

    def text(self) -> str:
        found = self.tokens.pop(0)
        assert found.startswith("'"), found
        return re.sub(r"\\(.)", r"\1", found[1:-1])

    def columns(self) -> dict[str, str]:
        found: dict[str, str] = {}
        self.take("(")
        while True:
            name, kind = self.name(), self.type()
            assert name not in found, f"{name} twice"
            found[name] = kind
            if self.at(")"):
                self.take(")")
                return found
            self.take(",")

    def type(self) -> str:
        kind = self.tokens.pop(0)
        if kind == "array":
            self.take("<")
            kind = f"array<{self.type()}>"
            self.take(">")
        elif kind == "struct":
            self.take("<")
            parts = [self.part()]
            while self.at(","):
                self.take(",")
                parts.append(self.part())
            self.take(">")
            names = [part.partition(":")[0] for part in parts]
            assert len(set(names)) == len(names), names
            kind = f"struct<{','.join(parts)}>"
        else:
            assert kind in _TYPES, kind
        return kind

    def part(self) -> str:
        name = self.tokens.pop(0)
        assert re.fullmatch(r"[a-z_][a-z0-9_]*", name), name
        assert name not in {"date", "timestamp", "user", "table", "order", "end"}, "reserved"
        self.take(":")
        return f"{name}:{self.type()}"

    def pairs(self) -> dict[str, str]:
        found: dict[str, str] = {}
        self.take("(")
        while True:
            key = self.text()
            self.take("=")
            found[key] = self.text()
            if self.at(")"):
                self.take(")")
                return found
            self.take(",")


def parsed(statement: str) -> Table:
    """Return the table that the statement creates; raises AssertionError on anything else."""
    reader = Reader(statement)
    reader.take("CREATE", "EXTERNAL", "TABLE", "IF", "NOT", "EXISTS")
    database = reader.name()
    reader.take(".")
    table, columns = reader.name(), reader.columns()
    partitions: dict[str, str] = {}
    if reader.at("PARTITIONED"):
        reader.take("PARTITIONED", "BY")
        partitions = reader.columns()
    reader.take("ROW", "FORMAT", "SERDE")
    serde = reader.text()
    reader.take("WITH", "SERDEPROPERTIES")
    serde_properties = reader.pairs()
    reader.take("STORED", "AS", "TEXTFILE", "LOCATION")
    location, properties = reader.text(), {}
    if reader.at("TBLPROPERTIES"):
        reader.take("TBLPROPERTIES")
        properties = reader.pairs()
    reader.take(";")
    assert not reader.tokens
    assert not set(columns) & set(partitions)
    return Table((database, table), columns, partitions, serde, serde_properties, location, properties)
