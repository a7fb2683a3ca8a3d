"""The filters and columns that pages of one stream use: which of them the tap applies, and what pages are sent.

Work grows with the selections, of which there are at most eight, and not with the pages.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import timezone
from redis import Redis

from monitoring.records.access import Audience
from monitoring.records.fair_selection import fairly_selected, newest_first
from monitoring.records.filter_counts import FilterCounts, store_filter_counts
from monitoring.records.kept_records import KeptRecords
from monitoring.records.record_row import RecordRow
from monitoring.records.sample_buffer import MAX_ROWS, SampleBuffer
from monitoring.records.selection import MOST_SELECTIONS, Selection, remembered
from monitoring.records.stream_topics import StreamTopic, topic_of
from monitoring.tap.decoder_batch import FoundRows
from monitoring.tap.decoder_pool import DecoderPool
from monitoring.tap.row_news import Counts, RowNews, with_whole_apart
from monitoring.tap.source import Source
from portal import live

PUBLISH_SECONDS = 0.5
_REFUSED_SECONDS = 3.0


@dataclass(slots=True)
class _Selected:
    """One selection: who watches it, and what its filter found. Without a filter it has the rows of all pages."""

    selection: Selection
    news: RowNews
    buffer: SampleBuffer
    counts: FilterCounts
    audiences: set[Audience] = field(default_factory=set)
    rows: list[RecordRow] = field(default_factory=list)
    shown: FilterCounts | None = None


@dataclass(slots=True)
class SelectedRecords:
    """The selections of one stream. `watch` them once a second, `apply` and `publish` with each step of the tap."""

    uid: str
    redis: Redis
    decoders: DecoderPool
    kept: KeptRecords
    _open: dict[str, _Selected] = field(default_factory=dict)
    _refused: dict[str, set[Audience]] = field(default_factory=dict)
    _applied: Mapping[str, str] = field(default_factory=dict)
    _publish_at: float = 0.0
    _refused_at: float = 0.0

    @property
    def topics(self) -> list[str]:
        """Return the topics of the pages that use a filter."""
        opened = [(key, selected.audiences) for key, selected in self._open.items()]
        pages = [*opened, *self._refused.items()]
        return [topic_of(self.uid, audience, key) for key, audiences in pages for audience in audiences]

    def watch(self, topics: Collection[StreamTopic]) -> None:
        """Follow which filters someone uses now: the first eight; raises RedisError."""
        watched: dict[str, set[Audience]] = {}
        for topic in topics:
            if topic.key:
                watched.setdefault(topic.key, set()).add(Audience(topic.audience))
        for key in self._open.keys() - watched.keys():
            self._open.pop(key).buffer.clear()
        self._refused = {}
        for key, audiences in watched.items():
            if key in self._open:
                self._open[key].audiences = audiences
            elif len(self._open) >= MOST_SELECTIONS:
                self._refused[key] = audiences
            elif (selection := remembered(self.uid, key)) is not None:
                self._open[key] = self._begun(key, selection, audiences)

    def apply(self, source: Source | None) -> None:
        """Have the stream's records searched by the filters in use."""
        opened = {key: selected.selection.wanted for key, selected in self._open.items()}
        wanted = {key: text for key, text in opened.items() if text}
        if source is not None and wanted != self._applied:
            self.decoders.search(self.uid, source.owner, wanted)
            self._applied = wanted

    def add(self, found: Mapping[str, FoundRows], unread: int = 0) -> None:
        """Add what the filters found; `unread` records beside them were not decoded."""
        for key, selected in self._open.items():
            new = found.get(key, FoundRows())
            selected.rows += new.rows
            selected.counts = selected.counts.plus(
                searched=new.searched,
                matched=new.matched,
                unsearched=new.unsearched + unread,
                earliest=new.earliest,
            )

    def publish_all(self, newest: Sequence[RecordRow], counts: Counts, now: float) -> None:
        """Send all new rows, newest first, to pages with columns and no filter."""
        for selected in self._open.values():
            if not selected.selection.wanted:
                selected.news.publish(newest, counts, selected.audiences, now)

    @property
    def unfiltered_topics(self) -> list[str]:
        """Return the topics of the pages with columns and no filter."""
        opened = [(key, each.audiences) for key, each in self._open.items() if not each.selection.wanted]
        return [topic_of(self.uid, audience, key) for key, audiences in opened for audience in audiences]

    def publish(self, source: Source | None, now: float) -> None:
        """Store and send what was found, twice a second at most; raises RedisError.

        To those who see records masked, nothing of a filter by which they could find out values.
        """
        if now < self._publish_at:
            return
        self._publish_at = now + PUBLISH_SECONDS
        allowed = source.allowed if source else frozenset()
        for key, selected in self._open.items():
            if not selected.selection.wanted:
                continue
            is_free = selected.selection.is_allowed(allowed)
            audiences = {each for each in selected.audiences if is_free or each is Audience.CLEAR}
            self._publish(key, selected, audiences, now)
        if self._refused and now >= self._refused_at:
            self._refused_at = now + _REFUSED_SECONDS
            for key, audiences in self._refused.items():
                self._send_counts(key, FilterCounts(timezone.now(), is_refused=True), audiences)

    def forget(self) -> None:
        """Begin anew with every filter: the decoders forgot the stream."""
        self._applied = {}

    def forget_recent(self) -> None:
        """Show and repeat no row that was found before: the vendor's staff may see less of it."""
        for selected in self._open.values():
            selected.rows = []
            selected.news.forget()

    def _begun(self, key: str, selection: Selection, audiences: set[Audience]) -> _Selected:
        buffer = SampleBuffer(f"{self.uid}:{key}", self.redis)
        buffer.clear()
        news = RowNews(self.uid, key, selection)
        return _Selected(selection, news, buffer, FilterCounts(timezone.now()), audiences)

    def _publish(self, key: str, selected: _Selected, audiences: Collection[Audience], now: float) -> None:
        rows, selected.rows = selected.rows, []
        newest = with_whole_apart(fairly_selected(newest_first(rows), MAX_ROWS), self.kept, now)
        selected.buffer.add(newest, now=now)
        selected.news.publish(newest, selected.counts, audiences, now)
        if selected.counts != selected.shown:
            selected.shown = selected.counts
            self._send_counts(key, selected.counts, audiences)

    def _send_counts(self, key: str, counts: FilterCounts, audiences: Collection[Audience]) -> None:
        store_filter_counts(self.uid, key, counts)
        html = render_to_string("monitoring/_filter_counts.html", {"counts": counts, "most": MOST_SELECTIONS})
        for audience in audiences:
            live.publish(topic_of(self.uid, audience, key), "record_counts", html)
