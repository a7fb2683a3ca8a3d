"""The audit of reads as a table without pages: the columns of its file and of its command."""

from monitoring.record_read_model import RecordRead

COLUMNS = (
    "first_sent", "last_sent", "person", "works_for_vendor", "session", "stream", "stream_id", "source", "masked",
    "filter", "records", "arrived_from", "arrived_until", "shards", "more_shards",
)  # fmt: skip


def cells(read: RecordRead) -> tuple[object, ...]:
    """Return the cells of a row, in the order of COLUMNS."""
    shards = "; ".join(f"{shard} {low} {high}" for shard, (low, high) in sorted(read.shards.items()))
    return (
        read.started_at.isoformat(), read.last_at.isoformat(), read.email, _yes(read.is_staff), read.session,
        read.stream_name, read.stream_uid, read.source, _yes(read.is_masked), read.filter_text, read.records,
        read.arrived_from.isoformat(), read.arrived_until.isoformat(), shards, _yes(read.has_more_shards),
    )  # fmt: skip


def _yes(value: bool) -> str:
    return "yes" if value else "no"
