"""Shards as AWS lists them, written in eighths of all hash keys."""

from monitoring.shards.known_shard import HASH_KEYS
from portal.aws.shards import Shard


def shard(number: int, first: int, last: int, *parents: int, is_open: bool = True) -> Shard:
    """A shard from one eighth to another, with the numbers of its parents."""
    names = [shard_id(parent) for parent in parents]
    return Shard(
        shard_id=shard_id(number),
        parent_shard_id=names[0] if names else None,
        adjacent_parent_shard_id=names[1] if len(names) > 1 else None,
        starting_hash_key=first * HASH_KEYS // 8,
        ending_hash_key=last * HASH_KEYS // 8 - 1,
        starting_sequence_number="1",
        ending_sequence_number=None if is_open else "2",
    )


def shard_id(number: int) -> str:
    return f"shardId-{number:012d}"


# One shard was split into two, one of these again, and the two smallest were merged with each other's neighbour.
RESHARDED = [
    shard(0, 0, 8, is_open=False),
    shard(1, 0, 4, 0, is_open=False),
    shard(2, 4, 8, 0),
    shard(3, 0, 2, 1, is_open=False),
    shard(4, 2, 4, 1, is_open=False),
    shard(5, 0, 4, 3, 4),
]
