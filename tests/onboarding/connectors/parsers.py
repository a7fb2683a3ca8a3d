"""Reads a generated file as its format says, and returns what is in it."""

import configparser
import json
import re
import subprocess
import tomllib
from typing import Any
from xml.etree import ElementTree as ET

import sqlparse
import yaml

_STRING = r"'(?:[^']|'')*'"
_CREATE = re.compile(
    rf"CREATE TABLE `\w+` \(\s*`\w+` STRING\s*\) WITH \(\s*((?:{_STRING} = {_STRING},?\s*)+)\);", re.DOTALL
)
_PROPERTY = re.compile(r"([A-Za-z0-9.-]+) = (.*)")


def read(name: str, text: str) -> Any:
    """Return the content of a file of a format; an exception where it is not of it."""
    return _READERS[name](text)


def _xml(text: str) -> list[tuple[str, str]]:
    root = ET.fromstring(text)  # noqa: S314  (the text is our own)
    assert (root.tag, root.attrib["class"], [child.tag for child in root]) == ("connector", "kinesis", ["properties"])
    return [(entry.attrib["name"], entry.text or "") for entry in root[0]]


def _properties(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pair = _PROPERTY.fullmatch(line)
            assert pair is not None, line
            assert pair[1] not in found, line
            found[pair[1]] = pair[2]
    return found


def _sql(text: str) -> dict[str, str]:
    create, select = (statement for statement in sqlparse.split(text) if statement)
    kinds = [sqlparse.parse(statement)[0].get_type() for statement in (create, select)]
    assert kinds == ["CREATE", "SELECT"]
    found = _CREATE.search(create)
    assert found is not None, create
    texts = [part[1:-1].replace("''", "'") for part in re.findall(_STRING, found[1])]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _shell(text: str) -> str:
    done = subprocess.run(["/bin/sh", "-n"], input=text, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return text


def _ini(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    (section,) = parser.sections()
    return {"section": section, **dict(parser[section])}


def _python(text: str) -> str:
    compile(text, "generated.py", "exec")
    return text


_READERS = {
    "xml": _xml,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
    "properties": _properties,
    "python": _python,
    "sql": _sql,
    "shell": _shell,
    "ini": _ini,
}
