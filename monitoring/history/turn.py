"""One turn of reading a page: AWS is read batch by batch, and what was found is shown after each."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.utils import timezone

from monitoring.history import store
from monitoring.history.aws_stream import AwsStream
from monitoring.history.backward import BackwardPage
from monitoring.history.batches import Source, Stopped, parents_of
from monitoring.history.forward import ForwardPage, Wanted, every_record
from monitoring.history.opened import OpenedStream
from monitoring.history.page_decoder import PageDecoder
from monitoring.history.page_rows import PageRows
from monitoring.history.progress import Phase, Progress
from monitoring.history.query import HistoryQuery
from monitoring.history.search import Search
from monitoring.history.shard_choice import readable
from monitoring.history.work import TURN_SECONDS, Work
from monitoring.records.read_turns import ReadTurns
from monitoring.schemas.shared import SharedSchemas
from portal import live
from portal.aws.shards import Shard, list_shards

# A page that needs more ends there, and its reader can continue.
MOST_BYTES_OF_PAGE = 1024**3
LEAST_SECONDS_LEFT = 2 * TURN_SECONDS
_CLOCK_SKEW = timedelta(hours=1)


@dataclass(slots=True)
class Turn:
    """Reads a page on from where the last turn ended. `progress` is exact at any moment."""

    name: str
    stream: OpenedStream
    query: HistoryQuery
    progress: Progress
    work: Work = field(init=False)
    _before: Progress = field(init=False)
    _rows: PageRows = field(init=False)

    def __post_init__(self) -> None:
        self.work = Work(time.monotonic() + TURN_SECONDS, lambda: store.is_wanted(self.name))
        self._before = self.progress
        shared = SharedSchemas(self.stream.uid, live.connect())
        decoder = PageDecoder(self.stream.schemas(), shared)
        allowed = self.stream.allowed
        self._rows = PageRows(self.name, self.stream.tenant_slug, self.query.is_backward, decoder, allowed)
        if self.query.wanted:
            self._rows.search = Search(self.query.wanted, self.work, decoder, allowed)

    def read(self) -> None:
        """Read until the page is complete, the turn is over, or no one waits.

        Raises ShardsRejected, AwsFault, DecoderUnavailable, RedisError.
        """
        listed = list_shards(self.stream.session(), self.stream.stream_name)
        page = self._page(readable(listed, self.query))
        try:
            while page.step():
                self._show(page)
        except Stopped:
            self._show(page)
            self.progress = replace(self.progress, phase=self._why_stopped())
        else:
            self._show(page)
            children = self._children(listed) if self.progress.is_at_edge and not self.query.is_backward else ()
            self.progress = replace(self.progress, phase=Phase.DONE, children=children)

    def close(self) -> None:
        """End the decoder."""
        self._rows.close()

    def _page(self, shards: list[Shard]) -> ForwardPage | BackwardPage:
        source: Source = AwsStream(
            self.stream.stream_name, self.stream.session, ReadTurns(self.stream.uid, live.connect()), self.work
        )
        wanted: Wanted = every_record
        kept, search = 0, self._rows.search
        if search is not None:
            source, wanted, kept = search.within(source, len(shards)), search.finds, search.records_a_read
        limit = self.query.limit - self._before.found
        if not self.query.is_backward:
            return ForwardPage(shards, self._before.end or self.query.cut, source, limit=limit, wanted=wanted)
        now = timezone.now()
        oldest = now - timedelta(hours=self.stream.retention_hours) - _CLOCK_SKEW
        cut = self._before.start or self.query.cut
        return BackwardPage(
            shards, cut, source, limit=limit, oldest=oldest, now=now, wanted=wanted, kept=max(kept, limit)
        )

    def _show(self, page: ForwardPage | BackwardPage) -> None:
        found = page.page()
        self._rows.store_new(found.records)
        progress = self._before.with_page(
            found, is_backward=self.query.is_backward, count=self._before.found + len(found.records)
        )
        self.progress = replace(
            progress,
            phase=Phase.READING,
            reads=self._before.reads + self.work.reads,
            read_bytes=self._before.read_bytes + self.work.read_bytes,
            read_up_to=page.read_up_to,
            unlisted=self._before.unlisted + self._rows.unlisted,
            schema_problems=self._rows.decoder.problems(self._before.schema_problems),
            searched=self._before.searched + (self._rows.search.searched if self._rows.search else 0),
            unsearched=self._before.unsearched + (self._rows.search.unsearched if self._rows.search else 0),
        )
        store.keep(self.name, self.progress)

    def _why_stopped(self) -> Phase:
        if store.is_cancelled(self.name):
            return Phase.CANCELLED
        is_too_much = self.progress.read_bytes >= MOST_BYTES_OF_PAGE
        is_too_long = store.seconds_left(self.name) < LEAST_SECONDS_LEFT
        return Phase.STOPPED if is_too_much or is_too_long or not store.is_wanted(self.name) else Phase.READING

    def _children(self, listed: list[Shard]) -> tuple[str, ...]:
        shard = next((shard for shard in listed if shard.shard_id == self.query.shard_id), None)
        if shard is None or shard.is_open:
            return ()
        return tuple(child.shard_id for child in listed if shard.shard_id in parents_of(child))
