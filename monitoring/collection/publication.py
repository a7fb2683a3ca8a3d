"""What a collection sends to pages: the metrics of a stream, and its row on the boards, when either changed."""

import hashlib
from collections.abc import Sequence

from redis import RedisError

from monitoring.alerts.selectors import open_counts
from monitoring.board_sorts import key_created_at
from monitoring.models import StreamHealth
from monitoring.pages.html_cache import board_row_html, metrics_and_state_html
from monitoring.pages.measured import measured_html
from monitoring.pages.states import states_html
from monitoring.records.access import Audience
from monitoring.series_store import StoredSeries
from monitoring.watched_streams import WatchedStream
from onboarding.models.integration import Integration
from portal import live

_DIGEST_SECONDS = 600


def publish(stream: WatchedStream, series: StoredSeries | None, health: StreamHealth, has_moved: bool) -> None:
    """Send the metrics of a stream and its row to their pages, unless they look as they did before."""
    html = metrics_and_state_html(stream, health, series)
    if not _has_changed(stream.uid, html):
        return
    for audience in Audience:
        live.publish(f"stream:{stream.uid}:{audience}", "metrics", html)
    rows = Integration.objects.select_related("tenant", "connection", "health").annotate(key_at=key_created_at())
    integration = rows.get(pk=stream.integration_id)
    alerts = open_counts([stream.integration_id]).get(stream.integration_id, 0)
    for board in (stream.tenant_slug, "all"):
        row = board_row_html(
            integration, with_tenant=board == "all", is_update=True, alerts=alerts, key_at=integration.key_at
        )
        live.publish(f"board:{board}", "row", row)
        if has_moved:
            live.publish(f"board:{board}", "moved")
            live.publish(f"wall:{board}", "changed")


def publish_states(stream: WatchedStream) -> None:
    """Send the history of a stream's states to its open pages."""
    html = states_html(stream.integration_id)
    for audience in Audience:
        live.publish(f"stream:{stream.uid}:{audience}", "states", html)


def publish_readers(stream: WatchedStream) -> None:
    """Report to open pages of a stream that its readers were listed; what they show differs by right."""
    for audience in Audience:
        live.publish(f"stream:{stream.uid}:{audience}", "readers")


def publish_checked(checked: Sequence[tuple[WatchedStream, StreamHealth]]) -> None:
    """Report to open pages that these streams were checked, so that what they show does not expire."""
    html = {stream.uid: measured_html(stream.uid, health) for stream, health in checked}
    for uid, measured in html.items():
        for audience in Audience:
            live.publish(f"stream:{uid}:{audience}", "checked", measured)
    # One event for each board: a browser that is sent hundreds at once loses the oldest.
    for board in {"all", *(stream.tenant_slug for stream, _ in checked)}:
        live.publish(f"board:{board}", "checked", "".join(html.values()))
        live.publish(f"wall:{board}", "changed")


def _has_changed(uid: str, html: str) -> bool:
    digest = hashlib.sha256(html.encode()).hexdigest()
    try:
        before = live.connect().set(f"metrics_digest:{uid}", digest, ex=_DIGEST_SECONDS, get=True)
    except RedisError:
        return False  # no event could be sent either
    return live.text(before) != digest
