"""Terraform's language, as far as resources need it, formatted as `terraform fmt` formats it.

https://developer.hashicorp.com/terraform/language/syntax/configuration
https://developer.hashicorp.com/terraform/language/style
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

INDENT = "  "


class Expression(str):
    """Text that stands in the file as it is: a reference, not a string."""

    __slots__ = ()


class Document(dict[str, Any]):
    """A JSON document that is given as text, readable in the file."""


class Tags(dict[str, str]):
    """A mapping that is an attribute, not a block."""


def block(head: str, body: Mapping[str, Any]) -> str:
    """Return a block: mappings in it are blocks, lists of mappings blocks of one name, everything else attributes."""
    return "\n".join([f"{head} {{", *_lines(body, INDENT), "}"]) + "\n"


def literal(value: Any) -> str:
    """Return a string, number, truth value or list of them as Terraform writes it; a document is a here-document."""
    if isinstance(value, Document):
        # The marker stands alone and the text at the margin: a here-document is taken as it is.
        return f"<<JSON\n{_plain(json.dumps(value, indent=2))}\nJSON"
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(literal(item) for item in value)}]"
    return _plain(json.dumps(value, ensure_ascii=False))


def _lines(body: Mapping[str, Any], indent: str) -> Iterator[str]:
    attributes: dict[str, str] = {}
    for name, value in body.items():
        is_attribute = isinstance(value, Document) or not _are_blocks(value)
        if is_attribute:
            attributes[name] = literal(value)
        if not is_attribute or isinstance(value, Document):  # either ends the lines that are aligned with each other
            yield from _aligned(attributes, indent)
            attributes = {}
        if not is_attribute:
            yield from _of_several_lines(name, value, indent)
    yield from _aligned(attributes, indent)


def _are_blocks(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(block, Mapping) for block in value)


def _of_several_lines(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Tags):
        yield f"{indent}{name} = {{"
        yield from _aligned({literal(key): literal(member) for key, member in value.items()}, indent + INDENT)
        yield f"{indent}}}"
    elif isinstance(value, Mapping):
        yield from _block(name, value, indent)
    else:
        for block in value:
            yield from _block(name, block, indent)


def _aligned(attributes: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yield attributes on consecutive lines as `terraform fmt` aligns them: their equals signs in one column."""
    width = max(map(_columns, attributes), default=0)
    for name, value in attributes.items():
        yield f"{indent}{name}{' ' * (width - _columns(name))} = {value}"


def _columns(text: str) -> int:
    return sum(not unicodedata.combining(character) for character in text)


def _block(name: str, body: Mapping[str, Any], indent: str) -> Iterator[str]:
    if not body:
        yield f"{indent}{name} {{}}"
        return
    yield f"{indent}{name} {{"
    yield from _lines(body, indent + INDENT)
    yield f"{indent}}}"


def _plain(text: str) -> str:
    # These two begin an expression of Terraform's own.
    return text.replace("${", "$${").replace("%{", "%%{")
