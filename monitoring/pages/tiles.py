"""The tiles at the top of a stream's page: one measurement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.health.consumer_rules import LATE_CONSUMER_SECONDS
from monitoring.health.inputs import DeliveryInputs, deliveries_in, write_limit_in
from monitoring.health.write_usage import HIGH_USAGE_SHARE
from monitoring.pages.labels import NO_VALUE, capacity, or_dash, shard_name
from monitoring.pages.units import rate_unit
from monitoring.watched_streams import WatchedStream
from portal.messages.catalogue import text_of
from portal.messages.formats import duration_parts, percent_number, rate


@dataclass(frozen=True, slots=True)
class Tile:
    """One measurement with its unit; a dash where AWS returned none."""

    label: str
    value: str
    unit: str
    note: str = ""
    state: str = ""


def tiles_of(stream: WatchedStream, measurements: Mapping[str, Any]) -> tuple[Tile, ...]:
    """Return the tiles of a stream's page."""
    tiles = [
        Tile(
            _("Incoming records"),
            or_dash(measurements.get("records_per_second"), rate),
            "records/s",
            _mean(capacity(stream)),
        ),
        _incoming_data(stream, measurements.get("bytes_per_second")),
        _write_usage(measurements),
        _iterator_age(measurements),
    ]
    if stream.deliveries:
        tiles.append(_freshness(deliveries_in(measurements)))
    return tuple(tiles)


def _incoming_data(stream: WatchedStream, per_second: float | None) -> Tile:
    unit, unit_bytes = rate_unit(per_second or 0.0)
    value = NO_VALUE if per_second is None else rate(per_second / unit_bytes)
    limit = "" if stream.shards is None else _("limit %(limit)s") % {"limit": f"{stream.shards} MiB/s"}
    return Tile(_("Incoming data"), value, unit, _mean(limit))


def _mean(also: str) -> str:
    """Return the note of a rate: over what time it is a mean, and what else there is to say."""
    return ", ".join(filter(None, (_("mean of 5 min"), also)))


def _write_usage(measurements: Mapping[str, Any]) -> Tile:
    share, limit = measurements.get("write_usage_share"), write_limit_in(measurements)
    if share is None or limit is None:
        return Tile(_("Write limit used"), NO_VALUE, "%", _("no data"))
    note = _("busiest of 5 min, of %(limit)s") % {"limit": text_of(limit.message)}
    if shard_id := measurements.get("busiest_shard"):
        note = f"{shard_name(shard_id)}, {note}"
    state = "attention" if share > HIGH_USAGE_SHARE else ""
    return Tile(_("Write limit used"), percent_number(share), "%", note, state)


def _iterator_age(measurements: Mapping[str, Any]) -> Tile:
    label, age = _("Iterator age"), measurements.get("iterator_age_seconds")
    most = measurements.get("iterator_age_at_most_seconds")
    if age is None and most is not None:
        value, unit = duration_parts(most)
        return Tile(label, f"≤ {value}", unit, _("at most: Sluice reads too"))
    return _duration_tile(label, age, _("slowest consumer"), LATE_CONSUMER_SECONDS)


def _freshness(deliveries: Sequence[DeliveryInputs]) -> Tile:
    label = _("Data freshness")
    known = [delivery for delivery in deliveries if delivery.freshness_seconds is not None]
    if not known:
        return Tile(label, NO_VALUE, "", _("no data"))
    worst = max(known, key=lambda delivery: delivery.freshness_seconds or 0)
    note = _("oldest undelivered record")
    if len(deliveries) > 1:
        note = f"{note}, {worst.title}"
    return _duration_tile(label, worst.freshness_seconds, note, worst.late_after_seconds)


def _duration_tile(label: str, seconds: float | None, note: str, attention_above: float) -> Tile:
    if seconds is None:
        return Tile(label, NO_VALUE, "", _("no data"))
    value, unit = duration_parts(seconds)
    return Tile(label, value, unit, note, "attention" if seconds > attention_above else "")
