"""The Celery tasks of monitoring: the schedule, and one collection for each connection and Region."""

import logging

from django.utils import timezone
from kombu.exceptions import OperationalError

from monitoring.collection.collector import collect
from monitoring.watched_streams import watched_streams
from portal.celery import app

log = logging.getLogger(__name__)

_EXPIRES_SECONDS = 55


@app.task(name="monitoring.collect_metrics", expires=_EXPIRES_SECONDS)
def collect_metrics() -> None:
    """Request one collection for each connection and Region that has streams."""
    for arguments in due_collections():
        collect_connection.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS)


@app.task(name="monitoring.collect_connection", expires=_EXPIRES_SECONDS)
def collect_connection(*, connection_id: int, region: str) -> None:
    """Collect the metrics of one connection's streams in one Region, and assess the streams."""
    collect(connection_id=connection_id, region=region, now=timezone.now())


def due_collections() -> list[dict[str, object]]:
    """Return the arguments of each collection that one run of the schedule requests."""
    pairs = sorted({(stream.connection_id, stream.region) for stream in watched_streams()})
    return [{"connection_id": connection_id, "region": region} for connection_id, region in pairs]


def request_collection(*, connection_id: int, region: str) -> None:
    """Request a collection now, because someone opened a page; without a broker the next scheduled one serves it."""
    try:
        collect_connection.apply_async(
            kwargs={"connection_id": connection_id, "region": region}, expires=_EXPIRES_SECONDS, retry=False
        )
    except OperationalError:
        log.warning("collect.hint_lost connection=%s", connection_id)
