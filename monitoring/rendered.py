"""HTML that looks the same to everybody who may see it: rendered once, and kept while all that it shows is the same.

What is kept is found by all that went into it, the stream's uid and tenant among them, and never by a name or an age:
so nothing has to be thrown away when a figure changes, and what is one stream's cannot be shown as another's. Records
are not kept here: they differ by who looks.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from monitoring import panel, series
from monitoring.models import HealthState, StreamHealth
from monitoring.selectors import WatchedStream
from onboarding.models.integration import Integration

# A panel of many shards is half a megabyte, what it is made from the same again; a row is some five kilobytes.
PANELS, ROWS = 12, 1024


@dataclass(frozen=True, slots=True)
class Row:
    """All that a row of the board shows, so that equal rows look the same. `numbers` are JSON."""

    uid: str
    tenant_slug: str
    tenant_name: str
    stream_name: str
    region: str
    account_id: str
    is_adrift: bool
    state: HealthState
    sentence: str
    numbers: str
    sparkline: tuple[float | None, ...]
    with_tenant: bool


def row(integration: Integration, *, with_tenant: bool, swap: bool = False) -> SafeString:
    """Return a stream's row on a board; with `swap` it takes the place of the row that is there."""
    health: StreamHealth | None = getattr(integration, "health", None)
    connection = integration.connection
    return _row(
        Row(
            uid=integration.uid,
            tenant_slug=integration.tenant.slug,
            tenant_name=integration.tenant.name,
            stream_name=integration.stream_name,
            region=integration.region,
            account_id=connection.account_id if connection else "",
            is_adrift=bool(integration.drift_count),
            state=health.status if health else HealthState.UNKNOWN,
            sentence=health.sentence if health else "Nothing was collected yet.",
            numbers=_json(health.numbers if health else {}),
            sparkline=tuple(health.sparkline if health else ()),
            with_tenant=with_tenant,
        ),
        swap=swap,
    )


def metrics(stream: WatchedStream, health: StreamHealth | None, kept: series.Written | None) -> SafeString:
    """Return the metrics panel of a stream."""
    known = (health.state, health.sentence, health.advice, _json(health.numbers)) if health else None
    return _metrics(stream, known, kept)


def metrics_with_state(stream: WatchedStream, health: StreamHealth | None, kept: series.Written | None) -> SafeString:
    """Return the metrics panel, and with it the state that stands at the head of the page."""
    status = health.status if health else HealthState.UNKNOWN
    return render_to_string("monitoring/_metrics.html", {"status": status, "metrics": metrics(stream, health, kept)})


@lru_cache(maxsize=ROWS)
def _row(shown: Row, *, swap: bool) -> SafeString:
    figures = panel.row_figures(json.loads(shown.numbers), shown.sparkline)
    return render_to_string("monitoring/_board_row.html", {"row": shown, "figures": figures, "swap": swap})


@lru_cache(maxsize=PANELS)
def _metrics(stream: WatchedStream, known: tuple[str, str, str, str] | None, kept: series.Written | None) -> SafeString:
    health = None
    if known is not None:
        state, sentence, advice, numbers = known
        health = StreamHealth(state=state, sentence=sentence, advice=advice, numbers=json.loads(numbers))
    drawn = panel.panel_of(stream, health, series.read(kept) if kept else None)
    status = health.status if health else HealthState.UNKNOWN
    shown = {"stream": stream, "health": health, "status": status, "panel": drawn}
    return render_to_string("monitoring/_metrics_body.html", shown)


def _json(numbers: dict[str, Any]) -> str:
    return json.dumps(numbers, sort_keys=True)
