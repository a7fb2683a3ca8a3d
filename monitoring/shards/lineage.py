"""Which shards came from which, and in which generation each is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.shards.known_shard import KnownShard


@dataclass(frozen=True, slots=True)
class Descent:
    """A shard with its children among those known, and its generation: 0 where no parent is listed any more."""

    shard: KnownShard
    children: tuple[str, ...]
    generation: int


def descents(shards: Sequence[KnownShard]) -> list[Descent]:
    """Return each shard with its children and generation, in the order given.

    A child has a higher number than its parents, so one pass in the order of IDs finds every generation. A parent that
    is not listed has expired.
    """
    generation: dict[str, int] = {}
    children: dict[str, list[str]] = {shard.shard_id: [] for shard in shards}
    for shard in sorted(shards, key=lambda shard: shard.shard_id):
        known = [parent for parent in shard.parents if parent in children]
        generation[shard.shard_id] = 1 + max((generation.get(parent, -1) for parent in known), default=-1)
        for parent in known:
            children[parent].append(shard.shard_id)
    return [Descent(shard, tuple(children[shard.shard_id]), generation[shard.shard_id]) for shard in shards]
