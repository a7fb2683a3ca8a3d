"""The settings of one tool: its files, where secrets go, which permissions it needs, and how it is seen and billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.aws.policies.statements import Document
from portal.messages.message import Message

# Where a secret goes. Nothing that is generated has a secret in its place.
ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN = "YOUR_ACCESS_KEY_ID", "YOUR_SECRET_ACCESS_KEY", "YOUR_SESSION_TOKEN"
PLACEHOLDERS = (ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN)
READ_ON = date(2026, 11, 30)


@dataclass(frozen=True, slots=True)
class ConnectorFile:
    """A generated file. `format` is xml, json, toml, yaml, properties, python, sql, shell or ini."""

    name: str
    format: str
    text: str


@dataclass(frozen=True, slots=True)
class ConnectorPolicy:
    """A policy that the tool needs: who gets it, its document, and the name of its file."""

    holder: Message
    document: Document
    file_name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the names of the settings are documented: for which version of the tool, and when that was read."""

    version: str
    url: str
    read_on: date = READ_ON


@dataclass(frozen=True, slots=True)
class Connector:
    """Everything about one tool. `reader` says how the stream's page lists it, `costs` what reading this way costs."""

    key: str
    title: str
    files: tuple[ConnectorFile, ...]
    policies: tuple[ConnectorPolicy, ...]
    reader: Message
    costs: tuple[Message, ...]
    sources: tuple[Source, ...]
    secrets: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()

    def file(self, name: str) -> ConnectorFile:
        """Return the file of a name; raises KeyError where there is none."""
        found = next((file for file in self.files if file.name == name), None)
        if found is None:
            raise KeyError(name)
        return found
