"""The table of contents of destinations, and how a declaration becomes a delivery."""

import dataclasses
import typing
from collections.abc import Mapping
from types import UnionType
from typing import Any

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Destination
from onboarding.deliveries.http import HttpEndpoint
from onboarding.deliveries.iceberg import Iceberg
from onboarding.deliveries.opensearch import OpenSearch
from onboarding.deliveries.opensearch_serverless import OpenSearchServerless
from onboarding.deliveries.redshift import Redshift
from onboarding.deliveries.s3 import S3
from onboarding.deliveries.snowflake import Snowflake
from onboarding.deliveries.splunk import Splunk
from onboarding.deliveries.transform import Transform

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


def read(data: Mapping[str, Any]) -> Delivery:
    """Return the delivery of plain JSON that the schema has passed."""
    settings = data.get("destination") or {"kind": "s3"}
    transform = data.get("transform")
    return Delivery(
        **{
            **usual(settings["kind"]),
            **data,
            "transform": None if transform is None else Transform(**transform),
            "destination": _built(KINDS[settings["kind"]], settings),
        }
    )


def usual(kind: str) -> dict[str, Any]:
    """Return the prefix and buffering that a kind of destination has unless others are given."""
    found = KINDS[kind]
    return {
        "prefix": found.PREFIX,
        "buffering_mb": found.BUFFERING.usual_mb,
        "buffering_seconds": found.BUFFERING.usual_seconds,
    }


def _built(kind: Any, settings: Mapping[str, Any]) -> Any:
    """Return a dataclass of plain JSON: what is a dataclass or a tuple in it becomes one."""
    types = typing.get_type_hints(kind)
    return kind(**{name: _as(types[name], value) for name, value in settings.items()})


def _as(wanted: Any, value: Any) -> Any:
    if isinstance(wanted, UnionType):
        wanted = next(one for one in typing.get_args(wanted) if one is not type(None))
    if value is None:
        return None
    if dataclasses.is_dataclass(wanted):
        return _built(wanted, value)
    if typing.get_origin(wanted) is tuple:
        return tuple(_as(typing.get_args(wanted)[0], one) for one in value)
    return value
