"""Where a shard is split so that each half carries half of its load: at the median of the drawn hash keys. Pure.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html
"""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.hot_keys.report import ShardReport

_LEAST_DRAWN = 20
_STEPS = 256  # a coarse place, so that it does not name the hash of any one key


@dataclass(frozen=True, slots=True)
class Split:
    """The new starting hash key of the second half, and the share (0 to 1) of the drawn keys below it."""

    new_starting_hash_key: int
    share_below: float
    drawn: int


def split_of(shard: ShardReport) -> Split | None:
    """Return where to split, or None where it is not known.

    It is not while the shard's hash keys are unknown, or when most records were put with an explicit hash key: their
    partition key does not say where in the shard they are.
    """
    if shard.hash_keys is None:
        return None
    first, last = shard.hash_keys
    inside = [each for each in shard.hashes if first <= each <= last]
    if len(inside) < _LEAST_DRAWN or 2 * len(inside) < len(shard.hashes):
        return None
    step = max(1, (last + 1 - first) // _STEPS)
    median = inside[len(inside) // 2]
    place = first + round((median - first) / step) * step
    place = min(max(place, first + step), last)
    below = sum(each < place for each in inside) / len(inside)
    return Split(place, below, len(inside)) if 0 < below < 1 else None
