"""What the tap sends to pages: new records, rendered once for each audience, its status, and how many were read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import timezone

from monitoring.records.access import Audience
from monitoring.records.fair_selection import fairly_selected, newest_first
from monitoring.records.kept_records import KeptRecords
from monitoring.records.read_counts import ReadCounts, store_counts
from monitoring.records.record_row import RecordRow
from monitoring.records.sample_buffer import MAX_ROWS, SampleBuffer
from monitoring.records.stream_topics import topic_of
from monitoring.records.tap_status import STATUS_SECONDS, TapStatus, news_times, store_status
from monitoring.tap.row_news import RowNews, with_whole_apart
from portal import live


@dataclass(slots=True)
class RecordPublisher:
    """Publishes for one stream; what it published last decides what is new."""

    uid: str
    buffer: SampleBuffer
    kept: KeptRecords = field(init=False)
    _status_due_at: float = 0.0
    _published: dict[str, str] = field(default_factory=dict)
    news: RowNews = field(init=False)

    def __post_init__(self) -> None:
        self.kept = KeptRecords(self.uid, self.buffer.redis)
        self.news = RowNews(self.uid)

    def publish(
        self,
        rows: Sequence[RecordRow],
        status: TapStatus,
        counts: ReadCounts,
        now: float,
        *,
        selected: Collection[str] = (),
        unfiltered: Collection[str] = (),
    ) -> list[RecordRow]:
        """Add new rows to the buffer, store status and counts, and send all to the pages; raises RedisError.

        `selected` are the topics of pages with a filter or columns, which show the status too, `unfiltered` those of
        them without a filter, which show the counts. Returns the rows that were added, newest first.
        """
        newest = with_whole_apart(fairly_selected(newest_first(rows), MAX_ROWS), self.kept, now)
        self.buffer.add(newest, now=now)
        heard_at = timezone.now()
        store_status(self.uid, status, heard_at=heard_at)
        store_counts(self.uid, counts)
        viewers = {audience: live.watchers(topic_of(self.uid, audience)) for audience in Audience}
        others = sum(map(live.watchers, selected))
        shown = {"tap_status": status, "viewers": sum(viewers.values()) + others}
        status_html = render_to_string("monitoring/_tap_status.html", shown)
        if self._has_changed("tap_status", status_html) or now >= self._status_due_at:
            self._status_due_at = now + STATUS_SECONDS
            news = render_to_string("monitoring/_tap_news.html", {**shown, **news_times(heard_at)})
            for topic in (*self._topics, *selected):
                live.publish(topic, "tap_status", news)
        self.news.publish(newest, counts, [audience for audience, count in viewers.items() if count], now)
        counts_html = render_to_string("monitoring/_record_counts.html", {"counts": counts})
        if self._has_changed("record_counts", counts_html):
            for topic in (*self._topics, *unfiltered):
                live.publish(topic, "record_counts", counts_html)
        return newest

    @property
    def _topics(self) -> list[str]:
        return [topic_of(self.uid, audience) for audience in Audience]

    def _has_changed(self, event: str, html: str) -> bool:
        before, self._published[event] = self._published.get(event), html
        return before != html
