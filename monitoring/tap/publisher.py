"""What the tap sends to pages: new records, rendered once for each audience, its status, and how many were read."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import timezone

from monitoring.read_audit.seen import note_of
from monitoring.records.access import Audience
from monitoring.records.fair_selection import fairly_selected, newest_first
from monitoring.records.kept_records import KeptRecords
from monitoring.records.read_counts import ReadCounts, store_counts
from monitoring.records.record_row import RecordRow, visible_rows
from monitoring.records.sample_buffer import FRESH_SECONDS, MAX_ROWS, SampleBuffer
from monitoring.records.tap_status import STATUS_SECONDS, TapStatus, news_times, store_status
from portal import live

ROWS_PER_EVENT = 50
_KEPT_FOR_REPLAY = 4 * ROWS_PER_EVENT


@dataclass(slots=True)
class RecordPublisher:
    """Publishes for one stream; what it published last decides what is new."""

    uid: str
    buffer: SampleBuffer
    kept: KeptRecords = field(init=False)
    _status_due_at: float = 0.0
    _published: dict[str, str] = field(default_factory=dict)
    _recent: deque[tuple[float, RecordRow]] = field(default_factory=lambda: deque(maxlen=_KEPT_FOR_REPLAY))

    def __post_init__(self) -> None:
        self.kept = KeptRecords(self.uid, self.buffer.redis)

    def publish(self, rows: Sequence[RecordRow], status: TapStatus, counts: ReadCounts, now: float) -> None:
        """Add new rows to the buffer, store status and counts, and send all to the pages; raises RedisError."""
        newest = self._with_whole_apart(fairly_selected(newest_first(rows), MAX_ROWS), now)
        self.buffer.add(newest, now=now)
        heard_at = timezone.now()
        store_status(self.uid, status, heard_at=heard_at)
        store_counts(self.uid, counts)
        viewers = {audience: live.watchers(self._topic(audience)) for audience in Audience}
        shown = {"tap_status": status, "viewers": sum(viewers.values())}
        status_html = render_to_string("monitoring/_tap_status.html", shown)
        if self._has_changed("tap_status", status_html) or now >= self._status_due_at:
            self._status_due_at = now + STATUS_SECONDS
            news = render_to_string("monitoring/_tap_news.html", {**shown, **news_times(heard_at)})
            for audience in Audience:
                live.publish(self._topic(audience), "tap_status", news)
        self._publish_rows(newest, counts, [audience for audience, count in viewers.items() if count], now)
        counts_html = render_to_string("monitoring/_record_counts.html", {"counts": counts})
        if self._has_changed("record_counts", counts_html):
            for audience in Audience:
                live.publish(self._topic(audience), "record_counts", counts_html)

    def forget_recent(self) -> None:
        """Repeat no row that was published: to those who connect now, the vendor's staff may see less of it."""
        self._recent.clear()
        for audience in Audience:
            live.forget(self._topic(audience), "records")

    def _with_whole_apart(self, rows: Sequence[RecordRow], now: float) -> list[RecordRow]:
        self.kept.keep(rows, fairly_selected(rows, ROWS_PER_EVENT), now=now)
        return [row.without_whole() for row in rows]

    def _publish_rows(
        self, newest: Sequence[RecordRow], counts: ReadCounts, audiences: Sequence[Audience], now: float
    ) -> None:
        if not newest:
            return
        self._recent.extendleft((now, row) for row in reversed(fairly_selected(newest, _KEPT_FOR_REPLAY)))
        recent = fairly_selected([row for at, row in self._recent if now - at < FRESH_SECONDS], ROWS_PER_EVENT)
        event = fairly_selected(newest, ROWS_PER_EVENT)
        for audience in audiences:
            html, replay = rows_html(event, audience, counts), rows_html(recent, audience, counts)
            live.publish(
                self._topic(audience),
                "records",
                html,
                replay=replay,
                note=note_of(event),
                replay_note=note_of(recent),
            )

    def _has_changed(self, event: str, html: str) -> bool:
        before, self._published[event] = self._published.get(event), html
        return before != html

    def _topic(self, audience: Audience) -> str:
        return f"stream:{self.uid}:{audience}"


def rows_html(rows: Sequence[RecordRow], audience: Audience, counts: ReadCounts) -> str:
    """Return the rows as the audience sees them, marked as new."""
    shown = {"visible_rows": visible_rows(rows, audience), "is_new": True, "counts": counts}
    return render_to_string("monitoring/_rows.html", shown)
