"""The table of contents of destinations, and how a declaration becomes a delivery."""

from collections.abc import Mapping
from typing import Any

from cattrs.errors import ClassValidationError

from onboarding.deliveries import log_retention
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Destination
from onboarding.deliveries.http import HttpEndpoint
from onboarding.deliveries.iceberg import Iceberg
from onboarding.deliveries.opensearch import OpenSearch
from onboarding.deliveries.opensearch_serverless import OpenSearchServerless
from onboarding.deliveries.plain import plain_converter
from onboarding.deliveries.redshift import Redshift
from onboarding.deliveries.s3 import S3
from onboarding.deliveries.snowflake import Snowflake
from onboarding.deliveries.splunk import Splunk

KINDS: dict[str, type[Destination]] = {
    "s3": S3,
    "redshift": Redshift,
    "opensearch": OpenSearch,
    "opensearch_serverless": OpenSearchServerless,
    "http": HttpEndpoint,
    "splunk": Splunk,
    "snowflake": Snowflake,
    "iceberg": Iceberg,
}


def _destination(settings: Mapping[str, Any], _: type[Destination]) -> Destination:
    return CONVERTER.structure(settings, KINDS[settings["kind"]])


def _plain(destination: Destination) -> Any:
    return CONVERTER.unstructure(destination, unstructure_as=type(destination))


CONVERTER = plain_converter()
CONVERTER.register_structure_hook_func(lambda wanted: wanted is Destination, _destination)
CONVERTER.register_unstructure_hook_func(lambda given: given is Destination, _plain)


def read(data: Mapping[str, Any]) -> Delivery:
    """Return the delivery of plain JSON that the schema has passed; raises ValueError where settings are missing."""
    settings = data.get("destination") or {"kind": "s3"}
    try:
        return CONVERTER.structure({**usual(settings["kind"]), **data, "destination": settings}, Delivery)
    except ClassValidationError as incomplete:
        raise ValueError(f"This is no whole {settings['kind']} delivery.") from incomplete


def completed(delivery: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a declared delivery with the settings of a new one that a stored delivery of before them does not have.

    Delivery errors expire. Records in S3 end with a newline, unless partitioning or conversion decides how they are
    separated.
    """
    delivery = {"log_retention_days": log_retention.DEFAULT_DAYS, **delivery}
    settings = delivery.get("destination") or {"kind": "s3"}
    if settings["kind"] != "s3" or settings.get("partitioning") or settings.get("conversion"):
        return delivery
    return {**delivery, "destination": {"delimiter": True, **settings}}


def usual(kind: str) -> dict[str, Any]:
    """Return the prefix and buffering that a kind of destination has unless others are given."""
    found = KINDS[kind]
    return {
        "prefix": found.PREFIX,
        "buffering_mb": found.BUFFERING.default_mb,
        "buffering_seconds": found.BUFFERING.default_seconds,
    }
