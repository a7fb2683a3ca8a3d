"""What the tap sends to pages: new records, rendered once for each audience, and its status."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from monitoring.records.access import Audience
from monitoring.records.record_row import RecordRow, visible_rows
from monitoring.records.sample_buffer import FRESH_SECONDS, SampleBuffer
from monitoring.records.tap_status import TapStatus, store_status
from portal import live

ROWS_PER_EVENT = 50


@dataclass(slots=True)
class RecordPublisher:
    """Publishes for one stream; what it published last decides what is new."""

    uid: str
    buffer: SampleBuffer
    _status_html: str = ""
    _recent: deque[tuple[float, RecordRow]] = field(default_factory=lambda: deque(maxlen=ROWS_PER_EVENT))

    def publish(self, rows: Sequence[RecordRow], status: TapStatus, now: float) -> None:
        """Add new rows to the buffer, store the status, and send both to the pages; raises RedisError."""
        newest = sorted(rows, key=lambda row: row.arrived_at, reverse=True)
        self.buffer.add(newest, now=now)
        store_status(self.uid, status)
        self._recent.extendleft((now, row) for row in reversed(newest))
        topics = {audience: f"stream:{self.uid}:{audience}" for audience in Audience}
        viewers = {topic: live.watchers(topic) for topic in topics.values()}
        self._publish_status(status, list(viewers), sum(viewers.values()))
        replayed = [row for at, row in self._recent if now - at < FRESH_SECONDS]
        for audience, topic in topics.items():
            if newest and viewers[topic]:
                html = rows_html(newest[:ROWS_PER_EVENT], audience)
                live.publish(topic, "records", html, replay=rows_html(replayed, audience))

    def _publish_status(self, status: TapStatus, topics: Sequence[str], viewers: int) -> None:
        html = render_to_string("monitoring/_tap_status.html", {"tap_status": status, "viewers": viewers})
        if html != self._status_html:
            self._status_html = html
            for topic in topics:
                live.publish(topic, "tap_status", html)


def rows_html(rows: Sequence[RecordRow], audience: Audience) -> str:
    """Return the rows as the audience sees them, marked as new."""
    return render_to_string("monitoring/_rows.html", {"visible_rows": visible_rows(rows, audience), "is_new": True})
