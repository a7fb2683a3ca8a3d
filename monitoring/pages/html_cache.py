"""HTML that looks the same to everyone who may see it: rendered once, and reused while everything it shows is the same.

The key is everything that the HTML depends on, among it the stream's uid and tenant, and never a name or an age. So
nothing has to be removed when a value changes, and one stream's HTML cannot be shown as another's. Records are not
cached here: they differ by audience.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from monitoring.models import HealthState, StreamHealth, state_label
from monitoring.pages.board_row import BoardRow, board_row, cells_of, listed_row
from monitoring.pages.stream_metrics import stream_metrics
from monitoring.series_store import StoredSeries, parse
from monitoring.watched_streams import WatchedStream
from onboarding.models.integration import Integration
from portal.messages.message import Message

# The metrics of many shards are half a megabyte, and their series as much again; a row is about five kilobytes.
MAX_METRICS, MAX_ROWS = 12, 1024

Health = tuple[str, Message | None, str]


def board_row_html(
    integration: Integration,
    *,
    with_tenant: bool,
    is_update: bool = False,
    alerts: int = 0,
    key_at: datetime | None = None,
) -> SafeString:
    """Return a stream's row on a board with its open alerts; an update replaces the row that is on the page."""
    return _row(board_row(integration, with_tenant=with_tenant, alerts=alerts, key_at=key_at), is_update=is_update)


def metrics_html(stream: WatchedStream, health: StreamHealth | None, series: StoredSeries | None) -> SafeString:
    """Return the metrics of a stream."""
    known = (health.state, health.message, json.dumps(health.measurements, sort_keys=True)) if health else None
    return _metrics(stream, known, series)


def metrics_and_state_html(
    stream: WatchedStream, health: StreamHealth | None, series: StoredSeries | None
) -> SafeString:
    """Return the metrics of a stream, and the state at the top of its page."""
    status = health.status if health else HealthState.UNKNOWN
    html = metrics_html(stream, health, series)
    label = state_label(status, health.message if health else None)
    return render_to_string("monitoring/_metrics.html", {"status": status, "state_label": label, "metrics_html": html})


def listed_row_html(integration: Integration, *, with_tenant: bool, alerts: int = 0, top: float = 0) -> SafeString:
    """Return a stream's row on a board, of one that `selectors.board` listed, with its number of open alerts.

    `top` is the upper end of the sparkline's scale; 0 for a scale of its own.
    """
    return _row(listed_row(integration, with_tenant=with_tenant, alerts=alerts, top=top), is_update=False)


@lru_cache(maxsize=MAX_ROWS)
def _row(row: BoardRow, *, is_update: bool) -> SafeString:
    context = {"row": row, "cells": cells_of(row), "is_update": is_update}
    return render_to_string("monitoring/_board_row.html", context)


@lru_cache(maxsize=MAX_METRICS)
def _metrics(stream: WatchedStream, known: Health | None, stored: StoredSeries | None) -> SafeString:
    health, values = None, dict[str, Any]()
    if known is not None:
        state, message, measurements = known
        values = json.loads(measurements)
        health = StreamHealth(state=state, message=message, measurements=values)
    context = {
        "stream": stream,
        "message": health.message if health else None,
        "status": health.status if health else HealthState.UNKNOWN,
        "has_data": any(values.get(name) is not None for name in ("records_per_second", "silent_seconds")),
        "metrics": stream_metrics(stream, health, parse(stored) if stored else None),
    }
    return render_to_string("monitoring/_metrics_body.html", context)
