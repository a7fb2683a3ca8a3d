"""How much a shard accepts in a second: 1 MiB and 1,000 records. What is more is throttled, as Kinesis does it.

https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. Pure: the moment is an argument.
"""

from collections.abc import Hashable

BYTES_PER_SECOND = 1_048_576
RECORDS_PER_SECOND = 1_000
THROTTLED = "ProvisionedThroughputExceededException"
_MOST_SHARDS = 1_000


class ShardLimits:
    """What each shard has accepted in its current second."""

    def __init__(self) -> None:
        self._used: dict[Hashable, tuple[int, int, int]] = {}

    def admit(self, shard: Hashable, size: int, at: float) -> bool:
        """Return whether a shard accepts one more record, and count it if so; `size` has the bytes of data and key.

        The first record of a second is accepted whatever its size: a record may be as large as the limit.
        """
        second = int(at)
        known = self._used.get(shard)
        records, used = known[1:] if known and known[0] == second else (0, 0)
        if records and (records >= RECORDS_PER_SECOND or used + size > BYTES_PER_SECOND):
            return False
        if known is None and len(self._used) >= _MOST_SHARDS:
            self._used = {kept: of for kept, of in self._used.items() if of[0] == second}
        self._used[shard] = (second, records + 1, used + size)
        return True
