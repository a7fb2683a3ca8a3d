"""Who reads a stream, on its page: one row for each reader, and what is not known of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.health.consumer_rules import LATE_CONSUMER_SECONDS
from monitoring.pages.delivery_rows import DeliveryRow, delivery_rows
from monitoring.pages.labels import or_dash
from monitoring.readers.lag import MOST_SHARDS
from monitoring.readers.reader import Reader, ReaderKind, source_of
from monitoring.readers.stored import EVERY, KnownReaders
from monitoring.watched_streams import WatchedStream
from portal.messages.formats import duration
from portal.messages.message import Message

KINDS = {
    ReaderKind.CONSUMER: gettext_lazy("Enhanced fan-out consumer"),
    ReaderKind.FUNCTION: gettext_lazy("Lambda function"),
    ReaderKind.APPLICATION: gettext_lazy("KCL application"),
}


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A reader: how it does, how far behind it is, since when it is known, and when it was listed if not just now."""

    name: str
    kind: str
    state: str
    status: str
    behind: str
    detail: str = ""
    known_since: datetime | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadersPanel:
    """The readers of a stream, how many more there are, what is not known and why, and when AWS listed them."""

    rows: tuple[ReaderRow, ...]
    omitted: int
    unknown: tuple[Message, ...]
    is_allowed: bool
    read_at: datetime | None
    every_minutes: int = int(EVERY.total_seconds() // 60)


def readers_panel(stream: WatchedStream, measurements: Mapping[str, Any], known: KnownReaders) -> ReadersPanel:
    """Return the readers that AWS lists, where the client allows that, after those that Sluice knows anyway."""
    rows = [*map(_of_delivery, delivery_rows(stream, measurements)), *_shared(measurements)]
    if not stream.allow_readers:
        return ReadersPanel(tuple(rows), 0, (), False, None)
    rows += [_of_reader(reader, known) for reader in known.readers]
    unknown = tuple(dict.fromkeys(known.problems.values()))
    return ReadersPanel(tuple(rows), known.omitted, unknown, True, known.read_at)


def _of_delivery(row: DeliveryRow) -> ReaderRow:
    return ReaderRow(row.name, _("Firehose stream"), row.state, row.status, row.freshness, row.title)


def _shared(measurements: Mapping[str, Any]) -> Iterator[ReaderRow]:
    """Yield what Kinesis says of all together that call GetRecords: the age of the slowest, if it is not Sluice."""
    age = measurements.get("iterator_age_seconds")
    if age is not None:
        state, status = _by_lag(age)
        yield ReaderRow(_("All that call GetRecords"), _("Slowest of them"), state, status, duration(age))
        return
    most = measurements.get("iterator_age_at_most_seconds")
    if most is not None:
        yield ReaderRow(
            _("All others that call GetRecords"),
            _("Slowest of them"),
            "unknown",
            _("Not known"),
            f"≤ {duration(most)}",
            _("Sluice’s own reading can explain the metric, which does not name the reader"),
        )


def _of_reader(reader: Reader, known: KnownReaders) -> ReaderRow:
    seconds = None if reader.lag_ms is None else reader.lag_ms / 1000
    state, status = _status(reader, seconds)
    return ReaderRow(
        name=reader.name,
        kind=str(KINDS[reader.kind]),
        state=state,
        status=status,
        behind=or_dash(seconds, duration),
        detail=_detail(reader),
        known_since=reader.known_since,
        as_of=reader.seen_at if source_of(reader) in known.problems else None,
    )


def _status(reader: Reader, seconds: float | None) -> tuple[str, str]:
    if reader.kind is ReaderKind.CONSUMER and reader.state != "ACTIVE":
        return "attention", reader.state.capitalize()
    if reader.kind is ReaderKind.FUNCTION and reader.state != "Enabled":
        return "attention", reader.state or _("Unknown")
    if reader.kind is ReaderKind.FUNCTION and reader.detail.startswith("PROBLEM"):
        return "failing", _("Failing")
    if reader.is_partial and not reader.leases:
        return "unknown", _("Not known")
    if reader.leases_without_owner or (reader.kind is ReaderKind.APPLICATION and not reader.workers):
        return "attention", _("No worker") if reader.leases else _("No leases")
    return _by_lag(seconds) if seconds is not None else ("unknown", _("No metric"))


def _by_lag(seconds: float) -> tuple[str, str]:
    return ("attention", _("Behind")) if seconds >= LATE_CONSUMER_SECONDS else ("healthy", _("Reading"))


def _detail(reader: Reader) -> str:
    if reader.kind is ReaderKind.FUNCTION and reader.lag_ms is not None:
        return ", ".join(filter(None, [reader.detail, _("lag across all streams that the function reads")]))
    if reader.kind is not ReaderKind.APPLICATION:
        return reader.detail
    parts = [
        ngettext("%(count)d shard", "%(count)d shards", reader.leases) % {"count": reader.leases},
        ngettext("%(count)d worker", "%(count)d workers", reader.workers) % {"count": reader.workers},
    ]
    if without := reader.leases_without_owner:
        text = ngettext("%(count)d shard without a worker", "%(count)d shards without a worker", without)
        parts.append(text % {"count": without})
    if reader.lag_ms is not None and reader.leases > MOST_SHARDS:
        parts.append(_("lag of the first %(count)d shards") % {"count": MOST_SHARDS})
    if reader.is_partial:
        parts.append(_("the table has more rows, which were not read"))
    return ", ".join(parts)
