"""How each format writes a text, so that no value ends it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from xml.sax.saxutils import escape

_PROPERTY = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def xml_text(value: str) -> str:
    """Return a text as an XML element holds it."""
    return escape(value)


def sql_text(value: str) -> str:
    """Return a text as SQL writes it, in single quotes."""
    return "'" + value.replace("'", "''") + "'"


def toml_text(value: str) -> str:
    """Return a text as TOML writes it. A basic string of TOML is one of JSON.

    https://toml.io/en/v1.0.0#string
    """
    return json.dumps(value)


def java_properties(pairs: Iterable[tuple[str, str]]) -> str:
    """Return lines of a Java properties file; a pair with the key "#" is a comment, one with "" an empty line.

    https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader-
    """
    return "".join(f"{_property_line(key, value)}\n" for key, value in pairs)


def _property_line(key: str, value: str) -> str:
    if key in {"", "#"}:
        return f"{key} {value}".strip()
    return f"{key} = {''.join(_PROPERTY.get(character, character) for character in value)}"
