"""The deliveries on a stream's page: one row for each Firehose stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.health.inputs import DeliveryInputs, deliveries_in
from monitoring.pages.labels import or_dash, whole_number
from monitoring.watched_streams import WatchedDelivery, WatchedStream
from portal.messages.formats import duration, percent


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One Firehose stream: its destination, its status, and its measurements of the last 15 minutes."""

    title: str
    name: str
    state: str
    status: str
    freshness: str
    success: str
    delivered: str


def delivery_rows(stream: WatchedStream, measurements: Mapping[str, Any]) -> tuple[DeliveryRow, ...]:
    """Return a row for each Firehose stream of a data stream."""
    known = {delivery.name: delivery for delivery in deliveries_in(measurements)}
    return tuple(_row(delivery, known.get(delivery.name)) for delivery in stream.deliveries)


def _row(delivery: WatchedDelivery, known: DeliveryInputs | None) -> DeliveryRow:
    inputs = known or DeliveryInputs(delivery.name, delivery.title)
    state, status = _status(inputs)
    return DeliveryRow(
        title=delivery.title,
        name=delivery.name,
        state=state,
        status=status,
        freshness=or_dash(inputs.freshness_seconds, duration),
        success=or_dash(inputs.success_share, percent),
        delivered=or_dash(inputs.delivered_records, whole_number),
    )


def _status(inputs: DeliveryInputs) -> tuple[str, str]:
    if inputs.freshness_seconds is None and inputs.success_share is None:
        return "unknown", _("No data")
    if inputs.is_failing:
        return "failing", _("Failing")
    if inputs.is_retrying and not inputs.is_late:
        return "attention", _("Retrying")
    return ("attention", _("Late")) if inputs.is_late else ("healthy", _("Delivering"))
