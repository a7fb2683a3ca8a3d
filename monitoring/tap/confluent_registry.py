"""Schemas of a Confluent Schema Registry, at an address that an admin of the tenant gave.

https://docs.confluent.io/platform/current/schema-registry/develop/api.html#get--schemas-ids-int-%20id
"""

import http.client
import urllib.request

import orjson

from portal.outbound.fetch import fetched
from portal.outbound.post import NotDelivered
from portal.outbound.url import AddressRefused

_AVRO = "AVRO"
_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


class SchemaUnavailable(Exception):
    """A schema that the registry did not return; the text says why, and repeats nothing that a server answered."""


def registered_schema(registry: str, number: str) -> str | None:
    """Return the Avro schema of an ID as JSON, or None where its format is another or it refers to other schemas.

    Raises SchemaUnavailable.
    """
    url = f"{registry}/schemas/ids/{int(number)}"
    request = urllib.request.Request(url, headers={"Accept": _MEDIA_TYPE})  # noqa: S310  (https alone: portal.outbound)
    try:
        found = orjson.loads(fetched(request, is_development=False))
    except (AddressRefused, NotDelivered, OSError, http.client.HTTPException, ValueError) as fault:
        raise SchemaUnavailable(type(fault).__name__) from None
    if not isinstance(found, dict) or not isinstance(found.get("schema"), str):
        raise SchemaUnavailable("no schema in the answer")
    if found.get("schemaType", _AVRO) != _AVRO or found.get("references"):
        return None
    return str(found["schema"])
