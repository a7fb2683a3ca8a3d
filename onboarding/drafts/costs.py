"""What a draft says of traffic and of the settings that cost something."""

from collections.abc import Mapping
from typing import Any

from onboarding.deliveries import form_codec
from onboarding.drafts import codec
from onboarding.estimates.prices import BASE_REGION
from onboarding.estimates.traffic import MOST_RETENTION_HOURS, DeliverySettings, PlannedStream, Traffic
from onboarding.estimates.typed_traffic import RULES, read_traffic
from portal.aws.regions import every_region
from portal.aws.shard_counts import MOST_SHARDS
from portal.messages.message import Message
from portal.numbers import whole

Draft = Mapping[str, Mapping[str, Any]]
_ENCRYPTIONS = {"none", "aws", "own", "new"}


def traffic_of(draft: Draft) -> tuple[Traffic | None, dict[str, Message]]:
    """Return the traffic that was typed, and what is wrong with it; None and nothing where no rate was typed."""
    typed = draft.get("stream", {})
    if not str(typed.get("records_per_second") or "").strip():
        return None, {}
    return read_traffic({name: str(typed.get(name) or "") for name in RULES})


def planned_stream(draft: Draft) -> PlannedStream:
    """Return the settings that cost something; what was not typed, or can't be read, is what the page begins with."""
    typed = draft.get("stream", {})
    key = str(typed.get("encryption") or "aws")
    return PlannedStream(
        region=region_of(draft) or BASE_REGION,
        retention_hours=_bounded(typed.get("retention_hours"), 24, MOST_RETENTION_HOURS),
        shard_level_metrics=typed.get("shard_level_metrics", "on") not in codec.NO,
        kms_key=key if key in _ENCRYPTIONS else "aws",
        deliveries=tuple(_delivery(values) for values in codec.deliveries_of(draft).values() if _is_one(values)),
        declared_readers=len(codec.consumer_roles_of(draft)) + len(codec.shares_of(draft)),
        declared_fanout=len(codec.fan_out_of(draft)),
        has_devices=bool(codec.devices_of(draft)),
    )


def region_of(draft: Draft) -> str:
    """Return the Region that was chosen; "" before one is, or where it does not exist."""
    region = str(draft.get("stream", {}).get("region") or "")
    return region if region in every_region() else ""


def shards_of(draft: Draft) -> int | None:
    """Return the number of shards that was typed; None of an on-demand stream."""
    typed = draft.get("stream", {})
    return None if typed.get("mode") == "ON_DEMAND" else _bounded(typed.get("shards"), 1, MOST_SHARDS)


def _bounded(typed: Any, least: int, most: int) -> int:
    return min(max(whole(str(typed or "").strip()) or least, least), most)


def _is_one(values: Mapping[str, Any]) -> bool:
    return values.get("kind") != "none"


def _delivery(values: Mapping[str, Any]) -> DeliverySettings:
    destination = form_codec.plain(values).get("destination", {})
    return DeliverySettings(
        converts=bool(destination.get("conversion")), partitions=bool(destination.get("partitioning"))
    )
