"""What a wall display shows: the counts of a board, when it was read last, and its streams, worst first, page by page.

Only streams that are not healthy make further pages; healthy ones fill what room is left.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Max
from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string

from monitoring import selectors
from monitoring.alerts import selectors as alert_selectors
from monitoring.board_causes import NOT_CHECKED, NOT_COLLECTED
from monitoring.models import HealthState, state_label
from portal.messages.message import Message
from portal.tenancy.models import Tenant

TILES = 12
MOST_PAGES = 10
_SECONDS, _SECONDS_OF_ONE_PAGE = 15, 30
THEMES = ("dark", "light")
SHARED_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Tile:
    """One stream on a wall display."""

    stream: str
    tenant: str
    state: HealthState
    label: str
    message: Message
    alerts: int


def response(
    tenant: Tenant | None, query: QueryDict, *, now: datetime, path: str, events_url: str, is_linked: bool
) -> HttpResponse:
    """Return the page of a board's wall display; `query` chooses page and theme.

    It is rendered without the request, so that no cookie is set.
    """
    read = _shared(tenant, _number(query.get("page", ""), MOST_PAGES), now=now)
    theme = query.get("theme", "") if query.get("theme", "") in THEMES else THEMES[0]
    kept = {} if is_linked else {"wall": "1"}
    kept |= {"theme": theme} if theme != THEMES[0] else {}
    following = read["page"] % read["pages"] + 1
    context: dict[str, Any] = read | {
        "tenant": tenant,
        "theme": theme,
        "query": query,
        "seconds": _SECONDS if read["pages"] > 1 else _SECONDS_OF_ONE_PAGE,
        "here": f"{path}?{urlencode({**kept, 'page': read['page']})}",
        "following": f"{path}?{urlencode({**kept, 'page': following})}",
        "events_url": events_url,
        "is_linked": is_linked,
        "now": now,
    }
    answer = HttpResponse(render_to_string("monitoring/wall.html", context))
    answer["Referrer-Policy"] = "no-referrer"  # the address of a link is a secret
    return answer


def _shared(tenant: Tenant | None, page: int, *, now: datetime) -> dict[str, Any]:
    """Return what one page of a board's wall display shows; screens that load it at the same time share one read.

    A screen loads it two seconds after an event (static/monitoring/wall.js), so it is never shown a read from before.
    """
    key = f"wall:{tenant.pk if tenant else 0}:{page}"
    known: dict[str, Any] | None = cache.get(key) if SHARED_SECONDS else None
    if known is None:
        known = _read(tenant, page, now=now)
        cache.set(key, known, timeout=SHARED_SECONDS)
    return known


def _read(tenant: Tenant | None, page: int, *, now: datetime) -> dict[str, Any]:
    rows = selectors.board(tenant, now=now)
    counts = selectors.count_by_state(rows, now=now)
    unhealthy = sum(number for state, number in counts.items() if state != HealthState.HEALTHY)
    pages = min(MOST_PAGES, max(1, ceil(unhealthy / TILES)))
    page = page if page <= pages else 1
    shown = list(rows[(page - 1) * TILES : page * TILES])
    alerts = alert_selectors.open_counts(row.pk for row in shown)
    return {
        "tiles": [_tile(row, alerts.get(row.pk, 0)) for row in shown],
        "counts": [(state, counts[state.value]) for state in sorted(HealthState, key=lambda state: state.rank)],
        "total": sum(counts.values()),
        "unhealthy": unhealthy,
        "unlisted": max(0, unhealthy - pages * TILES),
        "page": page,
        "pages": pages,
        **rows.order_by().aggregate(newest=Max("health__checked_at"), expires_at=Max("health__valid_until")),
    }


def _number(text: str, pages: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return number if 1 <= number <= pages else 1


def _tile(row: Any, alerts: int) -> Tile:
    state, health = HealthState(row.shown_state), getattr(row, "health", None)
    message = health.message or NOT_COLLECTED if health else NOT_COLLECTED
    if health is not None and health.is_expired:
        message = NOT_CHECKED
    label = state_label(state, message)
    return Tile(row.shown_stream or row.name, row.tenant.name, state, label, message, alerts)
