"""Schemas of a Confluent Schema Registry, at an address that an admin of the tenant gave.

https://docs.confluent.io/platform/current/schema-registry/develop/api.html#get--schemas-ids-int-%20id
"""

import http.client
import urllib.error
import urllib.request
from http import HTTPStatus

import orjson

from monitoring.schemas.unavailable import SchemaUnavailable
from portal.messages.message import Message
from portal.outbound.fetch import SECONDS, fetched
from portal.outbound.post import NotDelivered
from portal.outbound.url import AddressRefused

_AVRO = "AVRO"
_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def registered_schema(registry: str, number: str) -> str:
    """Return the Avro schema of an ID as JSON; raises SchemaUnavailable."""
    found = _answer(f"{registry}/schemas/ids/{int(number)}")
    if not isinstance(found, dict) or not isinstance(found.get("schema"), str):
        raise SchemaUnavailable(Message("schemas.no_schema"))
    if found.get("schemaType", _AVRO) != _AVRO:
        raise SchemaUnavailable(Message("schemas.not_avro"))
    if found.get("references"):
        raise SchemaUnavailable(Message("schemas.has_references"))
    return str(found["schema"])


def _answer(url: str) -> object:
    request = urllib.request.Request(url, headers={"Accept": _MEDIA_TYPE})  # noqa: S310  (https alone: portal.outbound)
    try:
        return orjson.loads(fetched(request, is_development=False))
    except AddressRefused:
        problem = Message("schemas.address_refused")
    except urllib.error.HTTPError as refusal:
        refusal.close()
        problem = _refusal(refusal.code)
    except ValueError:  # also of JSON
        problem = Message("schemas.no_schema")
    except (NotDelivered, OSError, http.client.HTTPException):
        problem = Message("schemas.no_answer", limit_seconds=SECONDS)
    raise SchemaUnavailable(problem)


def _refusal(status: int) -> Message:
    if status == HTTPStatus.NOT_FOUND:
        return Message("schemas.not_registered")
    if status in _REFUSED:
        return Message("schemas.access_refused", status=status)
    return Message("schemas.refused", status=status)
