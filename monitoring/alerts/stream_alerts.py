"""Alerts of what a collection has read: each stream's measurements, at the end of its metrics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.alert_models import AlertKind
from monitoring.alerts import evaluation
from monitoring.alerts.observation import Observation, Scope, stream_cause
from monitoring.alerts.stream_conditions import measure
from monitoring.health.inputs import HealthInputs
from monitoring.watched_streams import WatchedStream
from onboarding.models.integration import Integration
from portal.numbers import in_fours

_WRITTEN = {AlertKind.SILENCE, AlertKind.WRITES_THROTTLED, AlertKind.WRITE_USAGE}


@dataclass(frozen=True, slots=True)
class StreamReading:
    """What the health rules were given of a stream at the data time `at`; `patience` is how long it says something."""

    stream: WatchedStream
    inputs: HealthInputs
    at: datetime
    patience: timedelta


def note_streams(readings: Iterable[StreamReading], *, now: datetime) -> int:
    """Open, keep and close alerts of streams of one tenant; return how many opened or closed."""
    observed = [seen for reading in readings for seen in observations(reading)]
    if not observed:
        return 0
    first = observed[0].stream_ids[0]
    tenant_id = Integration.objects.values_list("tenant_id", flat=True).get(pk=first)
    return evaluation.note(tenant_id, observed, now=now)


def observations(reading: StreamReading) -> list[Observation]:
    """Return one observation for each kind of which something can be known."""
    stream = reading.stream
    return [
        Observation(
            cause=stream_cause(stream.uid),
            name=stream.stream_name,
            at=reading.at,
            measured=measured,
            stream_ids=(stream.integration_id,),
            stream_count=1,
            patience=reading.patience,
            scope=_scope(stream, measured.kind),
        )
        for measured in measure(reading.inputs)
    ]


def _scope(stream: WatchedStream, kind: AlertKind) -> Scope:
    """Return what streams have in common that can fail for one cause.

    That is the account and Region; for what is written, also whether an IAM user or the vendor's role writes it.
    """
    place = f"{stream.connection_uid}-{stream.region}"
    name = f"{stream.connection_name} ({in_fours(stream.account_id)}), {stream.region}"
    return Scope(f"{place}-{stream.producer}" if kind in _WRITTEN else place, name)
