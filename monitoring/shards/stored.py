"""What AWS listed of a stream's shards, kept with the time; and how much of the write limit each used lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.models import StreamShards
from monitoring.shards.known_shard import KnownShard, merged
from portal.aws.shards import Shard

# A stream can have 10,000 shards, and a year of closed ones. Open shards are kept first, then the newest.
MAX_KEPT = 1000


@dataclass(frozen=True, slots=True)
class ListedShards:
    """The shards of a stream as AWS listed them at `read_at`; `omitted` more are not kept."""

    shards: tuple[KnownShard, ...]
    omitted: int
    read_at: datetime


def listed_shards(integration_id: int) -> ListedShards | None:
    """Return what AWS listed last, or None before the first list."""
    row = StreamShards.objects.filter(integration_id=integration_id).first()
    if row is None:
        return None
    return ListedShards(tuple(map(KnownShard.from_json, row.shards)), row.omitted, row.read_at)


def keep_shards(integration_id: int, listed: Sequence[Shard], usage: Mapping[str, float], *, now: datetime) -> None:
    """Keep what AWS listed at `now`, unless a later list was kept already."""
    before = listed_shards(integration_id)
    if before is not None and before.read_at >= now:
        return
    found = merged(before.shards if before else (), listed, usage, now=now)
    kept = sorted(found, key=lambda shard: (shard.is_open, shard.shard_id), reverse=True)[:MAX_KEPT]
    StreamShards.objects.update_or_create(
        integration_id=integration_id,
        defaults={
            "shards": [shard.as_json() for shard in sorted(kept, key=lambda shard: shard.shard_id)],
            "omitted": len(found) - len(kept),
            "read_at": now,
        },
    )
