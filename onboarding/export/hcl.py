"""Terraform's language, as far as resources need it.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import json
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
    """Return a string, number, truth value or list of them as Terraform writes it."""
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(literal(item) for item in value)}]"
    return _plain(json.dumps(value, ensure_ascii=False))


def _lines(body: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in body.items():
        if isinstance(value, Document):
            # The marker stands alone and the text at the margin: a here-document is taken as it is.
            yield f"{indent}{name} = <<JSON\n{_plain(json.dumps(value, indent=2))}\nJSON"
        elif isinstance(value, Tags):
            yield f"{indent}{name} = {{"
            yield from (f"{indent}{INDENT}{literal(key)} = {literal(member)}" for key, member in value.items())
            yield f"{indent}}}"
        elif isinstance(value, Mapping):
            yield from _block(name, value, indent)
        elif isinstance(value, list) and value and all(isinstance(block, Mapping) for block in value):
            for block in value:
                yield from _block(name, block, indent)
        else:
            yield f"{indent}{name} = {literal(value)}"


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
