"""New rows for the pages that show the same records: rendered once for each audience that watches."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.template.loader import render_to_string

from monitoring.read_audit.seen import note_of
from monitoring.records.access import Audience
from monitoring.records.columns import columns_of, with_cells
from monitoring.records.fair_selection import fairly_selected
from monitoring.records.kept_records import KeptRecords
from monitoring.records.record_row import RecordRow, visible_rows
from monitoring.records.sample_buffer import FRESH_SECONDS
from monitoring.records.selection import Selection
from monitoring.records.stream_topics import topic_of
from portal import live

ROWS_PER_EVENT = 50
_KEPT_FOR_REPLAY = 4 * ROWS_PER_EVENT


class Counts(Protocol):
    """What marks the rows that belong to a count."""

    @property
    def since_key(self) -> str:
        """Return the mark."""


@dataclass(slots=True)
class RowNews:
    """The rows of one stream that pages of a selection are sent; without a key, of all records."""

    uid: str
    key: str = ""
    selection: Selection = field(default_factory=Selection)
    _recent: deque[tuple[float, RecordRow]] = field(default_factory=lambda: deque(maxlen=_KEPT_FOR_REPLAY))
    _served: frozenset[Audience] = frozenset()

    def publish(self, newest: Sequence[RecordRow], counts: Counts, audiences: Collection[Audience], now: float) -> None:
        """Send rows, newest first; a page that opens later gets those of several events.

        An audience that had no viewer at the call before gets those of several events at once: its page may have been
        rendered before they came, and connected after they were sent.
        """
        returned, self._served = set(audiences) - self._served, frozenset(audiences)
        self._recent.extendleft((now, row) for row in reversed(fairly_selected(newest, _KEPT_FOR_REPLAY)))
        if not newest and not returned:
            return
        recent = fairly_selected([row for at, row in self._recent if now - at < FRESH_SECONDS], ROWS_PER_EVENT)
        event = fairly_selected(newest, ROWS_PER_EVENT)
        for audience in audiences:
            self._send(recent if audience in returned else event, recent, counts, audience)

    def _send(
        self, event: Sequence[RecordRow], recent: Sequence[RecordRow], counts: Counts, audience: Audience
    ) -> None:
        if not event:
            return
        wanted, columns = self.selection.wanted, self.selection.columns
        html = rows_html(event, audience, counts, columns)
        live.publish(
            topic_of(self.uid, audience, self.key),
            "records",
            html,
            replay=html if recent == event else rows_html(recent, audience, counts, columns),
            note=note_of(event, wanted),
            replay_note=note_of(recent, wanted),
        )

    def forget(self) -> None:
        """Repeat no row that was sent: to those who connect now, the vendor's staff may see less of it."""
        self._recent.clear()
        for audience in Audience:
            live.forget(topic_of(self.uid, audience, self.key), "records")


def with_whole_apart(rows: Sequence[RecordRow], kept: KeptRecords, now: float) -> list[RecordRow]:
    """Keep what is opened of rows, newest first, apart from them, and return the rows without it; raises RedisError."""
    kept.keep(rows, fairly_selected(rows, ROWS_PER_EVENT), now=now)
    return [row.without_whole() for row in rows]


def rows_html(rows: Sequence[RecordRow], audience: Audience, counts: Counts, columns: str = "") -> str:
    """Return the rows as the audience sees them, with columns, marked as new."""
    visible = with_cells(visible_rows(rows, audience), columns_of(columns))
    shown = {"visible_rows": visible, "is_new": True, "counts": counts}
    return render_to_string("monitoring/_rows.html", shown)
