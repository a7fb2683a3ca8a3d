"""A row of the audit of reads as a page and a file show it."""

from dataclasses import dataclass

from monitoring.record_read_model import ReadSource, RecordRead
from monitoring.series import shard_number

_SHARDS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ReadRow:
    """Who was sent what, where and how."""

    read: RecordRead

    @property
    def source(self) -> str:
        """Return where the records were seen."""
        return str(ReadSource(self.read.source).label)

    @property
    def ranges(self) -> list[tuple[str, str, str]]:
        """Return each shard with its first and last sequence number, in the order of shards."""
        return [(shard, low, high) for shard, (low, high) in sorted(self.read.shards.items())]

    @property
    def short_shards(self) -> str:
        """Return the ends of the first shards' IDs, by which shards differ."""
        names = [f"…{shard_number(shard)}" for shard, _low, _high in self.ranges[:_SHARDS_SHOWN]]
        return ", ".join(names)

    @property
    def unnamed_shards(self) -> int:
        """Return how many of the kept shards `short_shards` does not name."""
        return max(0, len(self.read.shards) - _SHARDS_SHOWN)
