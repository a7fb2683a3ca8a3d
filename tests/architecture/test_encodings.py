"""docs/encodings.md lists every encoding that the decoder chain names, and no other."""

import ast
import re

from monitoring.decode import chain_steps, signatures
from monitoring.pages.layer_reasons import REASONS
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "encodings.md"
FOLDER = ROOT / "monitoring" / "decode"
CALLS = {"opened", "value", "attempt", "speculative", "_in_character_set"}
# Inner names of what the table has under another: parts of a file, and what is tried and is no encoding.
WITHIN = {"Avro", "empty"}


def listed() -> set[str]:
    table = PAGE.read_text(encoding="utf-8").split("## In this order")[1].split("## ")[0]
    return set(re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)) - {"Shown as"}


def named() -> set[str]:
    tables = [*chain_steps._SIGNED, *chain_steps._BLOCKS, *chain_steps._SEQUENCES]
    names = {part for entry in tables for part in entry if isinstance(part, str)} | {"CBOR", "MessagePack", "hex"}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS:
                names |= {part.value for part in node.args[:2] if isinstance(part, ast.Constant) and part.value}
    return names | {"UTF-32", "Windows-1252", "hex digits", "base64"}


def test_the_table_has_every_encoding_and_no_other() -> None:
    assert listed() == named() - WITHIN


def test_formats_that_are_only_named_are_in_the_page() -> None:
    families = {name.split()[0] for name in signatures.names()}
    text = PAGE.read_text(encoding="utf-8")
    assert {"JPEG", "PNG", "Parquet", "ORC", "Arrow"} <= families
    assert all(name in text for name in ("JPEG", "PNG", "Parquet", "Ion", "ORC", "Arrow"))


def test_an_opened_record_says_how_each_encoding_is_recognized() -> None:
    assert {name.lower() for name in listed() | WITHIN | {"refused"}} == set(REASONS)
