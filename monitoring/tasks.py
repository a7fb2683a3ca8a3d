"""Celery's part of monitoring: the clock, and one task for each connection and Region."""

import logging

from django.utils import timezone
from kombu.exceptions import OperationalError

from monitoring import selectors
from monitoring.collect import collect
from portal.celery import app

log = logging.getLogger(__name__)

_EXPIRES_SECONDS = 55


@app.task(name="monitoring.collect_metrics", expires=_EXPIRES_SECONDS)
def collect_metrics() -> None:
    """Ask for one collection for each connection and Region that has streams."""
    for which in due():
        collect_connection.apply_async(kwargs=which, expires=_EXPIRES_SECONDS)


@app.task(name="monitoring.collect_connection", expires=_EXPIRES_SECONDS)
def collect_connection(*, connection_id: int, region: str) -> None:
    """Collect and judge the metrics of one connection's streams in one Region."""
    collect(connection_id=connection_id, region=region, now=timezone.now())


def due() -> list[dict[str, object]]:
    """Return the arguments of each collection that a round of the clock asks for."""
    pairs = sorted({(stream.connection_id, stream.region) for stream in selectors.streams()})
    return [{"connection_id": connection_id, "region": region} for connection_id, region in pairs]


def collect_soon(*, connection_id: int, region: str) -> None:
    """Ask for a collection now, because somebody opened a page; a broker that is away costs one round of the clock."""
    try:
        collect_connection.apply_async(
            kwargs={"connection_id": connection_id, "region": region}, expires=_EXPIRES_SECONDS, retry=False
        )
    except OperationalError:
        log.warning("collect.hint_lost connection=%s", connection_id)
