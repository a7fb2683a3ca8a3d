"""Schemas of a Confluent Schema Registry, with those that they refer to.

https://docs.confluent.io/platform/current/schema-registry/develop/api.html#get--schemas-ids-int-%20id
https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#schema-references
"""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson

from monitoring.schemas.registry import Registry
from monitoring.schemas.unavailable import SchemaUnavailable
from portal.messages.message import Message
from portal.outbound.fetch import SECONDS, fetched
from portal.outbound.post import NotDelivered
from portal.outbound.url import AddressRefused

MOST_REFERENCES = 20  # of a schema, with those of its references
MOST_DEPTH = 8
MOST_CHARACTERS = 170_000  # of all together; the limit of AWS Glue Schema Registry for one
_BEGIN_SECONDS = 8.0  # after which no further request is made
_AVRO = "AVRO"
_MOST_SUBJECT = 255
_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_Version = tuple[str, int]


def registered_schema(registry: Registry, number: str) -> str:
    """Return the Avro schema of an ID as JSON; raises SchemaUnavailable.

    With references it is `{"references": [⟨schema⟩, …], "schema": ⟨schema⟩}`, each after those that it refers to.
    """
    reading = _Reading(registry)
    schema = reading.schema(f"/schemas/ids/{int(number)}", ())
    if not reading.found:
        return schema
    return json.dumps({"references": list(reading.found.values()), "schema": schema}, ensure_ascii=False)


@dataclass(slots=True)
class _Reading:
    """One schema while it is read, and what it refers to: by subject and version, in the order of their definition."""

    registry: Registry
    found: dict[_Version, str] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _characters: int = 0

    def schema(self, path: str, within: tuple[_Version, ...]) -> str:
        """Return the schema at a path of the registry; `within` are the references that led to it."""
        answer = _answer(self.registry, path)
        schema = answer.get("schema")
        if not isinstance(schema, str):
            raise SchemaUnavailable(Message("schemas.no_schema"))
        if answer.get("schemaType", _AVRO) != _AVRO:
            raise SchemaUnavailable(Message("schemas.not_avro"))
        self._characters += len(schema)
        if self._characters > MOST_CHARACTERS:
            raise SchemaUnavailable(Message("schemas.too_long", limit_count=MOST_CHARACTERS))
        references = answer.get("references") or []
        for version in map(_version, references if isinstance(references, list) else [None]):
            if version in within:
                raise SchemaUnavailable(Message("schemas.refers_to_itself"))
            if version not in self.found:
                self._refer(version, within)
        return schema

    def _refer(self, version: _Version, within: tuple[_Version, ...]) -> None:
        if len(self.found) + len(within) >= MOST_REFERENCES or len(within) >= MOST_DEPTH:
            raise SchemaUnavailable(Message("schemas.too_many_references", most=MOST_REFERENCES, most_depth=MOST_DEPTH))
        if time.monotonic() - self._began > _BEGIN_SECONDS:
            raise SchemaUnavailable(Message("schemas.no_answer", limit_seconds=SECONDS))
        subject, number = version
        schema = self.schema(f"/subjects/{quote(subject, safe='')}/versions/{number}", (*within, version))
        self.found[version] = schema


def _version(reference: Any) -> _Version:
    if isinstance(reference, dict):
        subject, number = reference.get("subject"), reference.get("version")
        is_named = isinstance(subject, str) and 0 < len(subject) <= _MOST_SUBJECT
        if is_named and isinstance(number, int) and number > 0:
            return str(subject), int(number)
    raise SchemaUnavailable(Message("schemas.no_schema"))


def _answer(registry: Registry, path: str) -> Mapping[str, Any]:
    headers = {"Accept": _MEDIA_TYPE, **registry.headers}
    request = urllib.request.Request(f"{registry.address}{path}", headers=headers)  # noqa: S310  (https alone)
    try:
        found = orjson.loads(fetched(request, is_development=False))
    except AddressRefused:
        problem = Message("schemas.address_refused")
    except urllib.error.HTTPError as refusal:
        refusal.close()
        problem = _refusal(refusal.code)
    except ValueError:  # also of JSON
        problem = Message("schemas.no_schema")
    except (NotDelivered, OSError, http.client.HTTPException):
        problem = Message("schemas.no_answer", limit_seconds=SECONDS)
    else:
        if isinstance(found, dict):
            return found
        problem = Message("schemas.no_schema")
    raise SchemaUnavailable(problem)


def _refusal(status: int) -> Message:
    if status == HTTPStatus.NOT_FOUND:
        return Message("schemas.not_registered")
    if status in _REFUSED:
        return Message("schemas.access_refused", status=status)
    return Message("schemas.refused", status=status)
