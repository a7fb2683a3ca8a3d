"""What a collection sends to pages: the metrics of a stream, and its row on the boards, when either changed.

Nothing is rendered for a topic that no one watches, which most of a thousand streams are. A page counts as a viewer
from its request on (live.hold), so that no change is missed between its request and its event stream.
"""

import hashlib
from collections.abc import Sequence, Set

from redis import RedisError

from monitoring.alerts.selectors import open_counts
from monitoring.board_sorts import key_created_at
from monitoring.models import StreamHealth
from monitoring.pages.html_cache import board_row_html, metrics_and_state_html
from monitoring.pages.measured import measured_html
from monitoring.pages.states import states_html
from monitoring.records.stream_topics import topics_of
from monitoring.series_store import StoredSeries
from monitoring.watched_streams import WatchedStream
from onboarding.models.integration import Integration
from portal import live

_DIGEST_SECONDS = 600


def publish(
    stream: WatchedStream,
    series: StoredSeries | None,
    health: StreamHealth,
    *,
    has_moved: bool,
    watched: Set[str] | None = None,
) -> None:
    """Send the metrics of a stream and its row to their pages, unless they look as they did before.

    `watched` are the topics with viewers, where the caller has read them.
    """
    watched = live.watched("") if watched is None else watched
    if topics_of(stream.uid, watched) & watched:
        html = metrics_and_state_html(stream, health, series)
        if _has_changed(f"metrics:{stream.uid}", html):
            for topic in topics_of(stream.uid, watched):
                live.publish(topic, "metrics", html)
    boards = [board for board in (stream.tenant_slug, "all") if f"board:{board}" in watched]
    if boards:
        _publish_rows(stream, boards)
    if has_moved:
        for board in (stream.tenant_slug, "all"):
            live.publish(f"board:{board}", "moved")
            live.publish(f"wall:{board}", "changed")


def _publish_rows(stream: WatchedStream, boards: Sequence[str]) -> None:
    rows = Integration.objects.select_related("tenant", "connection", "health").annotate(key_at=key_created_at())
    integration = rows.get(pk=stream.integration_id)
    alerts = open_counts([stream.integration_id]).get(stream.integration_id, 0)
    for board in boards:
        row = board_row_html(
            integration, with_tenant=board == "all", is_update=True, alerts=alerts, key_at=integration.key_at
        )
        if _has_changed(f"row:{board}:{stream.uid}", row):
            live.publish(f"board:{board}", "row", row)


def publish_states(stream: WatchedStream) -> None:
    """Send the history of a stream's states to its open pages."""
    html = states_html(stream.integration_id)
    for topic in topics_of(stream.uid):
        live.publish(topic, "states", html)


def publish_readers(stream: WatchedStream) -> None:
    """Report to open pages of a stream that its readers were listed; what they show differs by right."""
    for topic in topics_of(stream.uid):
        live.publish(topic, "readers")


def publish_failures(stream: WatchedStream) -> None:
    """Report to open pages of a stream that its error files were read; what they show differs by right."""
    for topic in topics_of(stream.uid):
        live.publish(topic, "failures")


def publish_checked(checked: Sequence[tuple[WatchedStream, StreamHealth]]) -> None:
    """Report to open pages that these streams were checked, so that what they show does not expire."""
    watched = live.watched("")
    boards = {"all", *(stream.tenant_slug for stream, _ in checked)}
    on_boards = {board for board in boards if f"board:{board}" in watched}
    html = {
        stream.uid: measured_html(stream.uid, health)
        for stream, health in checked
        if on_boards & {"all", stream.tenant_slug} or topics_of(stream.uid, watched) & watched
    }
    for uid, measured in html.items():
        for topic in topics_of(uid, watched) & watched:
            live.publish(topic, "checked", measured)
    # One event for each board: a browser that is sent hundreds at once loses the oldest.
    for board in on_boards:
        live.publish(f"board:{board}", "checked", "".join(html.values()))
    for board in boards:
        live.publish(f"wall:{board}", "changed")


def _has_changed(name: str, html: str) -> bool:
    digest = hashlib.sha256(html.encode()).hexdigest()
    try:
        before = live.connect().set(f"digest:{name}", digest, ex=_DIGEST_SECONDS, get=True)
    except RedisError:
        return False  # no event could be sent either
    return live.text(before) != digest
