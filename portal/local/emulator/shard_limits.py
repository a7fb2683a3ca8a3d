"""How much a shard accepts and returns in a second. What is more is throttled, as Kinesis does it.

https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. Pure: the moment is an argument.
"""

from collections.abc import Hashable

BYTES_PER_SECOND = 1_048_576
RECORDS_PER_SECOND = 1_000
CALLS_PER_SECOND = 5
READ_BYTES_PER_SECOND = 2 * 1_048_576
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


class ReadLimits:
    """How often each shard was called in its current second, and until when it returns no more.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
    """

    def __init__(self) -> None:
        self._used: dict[Hashable, tuple[int, int, int]] = {}
        self._blocked_until: dict[Hashable, float] = {}

    def admit(self, shard: Hashable, at: float) -> bool:
        """Return whether a shard answers one more call, and count it if so: five in a second."""
        if at < self._blocked_until.get(shard, 0.0):
            return False
        calls, read = self._in_second(shard, at)
        if calls >= CALLS_PER_SECOND:
            return False
        self._used[shard] = (int(at), calls + 1, read)
        return True

    def charge(self, shard: Hashable, size: int, at: float) -> None:
        """Count the bytes of an answer. Beyond 2 MiB in a second, the next calls are throttled: 10 MiB cost 5 s."""
        calls, read = self._in_second(shard, at)
        self._used[shard] = (int(at), calls, read + size)
        if read + size > READ_BYTES_PER_SECOND:
            self._blocked_until[shard] = at + (read + size) / READ_BYTES_PER_SECOND

    def _in_second(self, shard: Hashable, at: float) -> tuple[int, int]:
        known = self._used.get(shard)
        if known and known[0] == int(at):
            return known[1:]
        if known is None and len(self._used) >= _MOST_SHARDS:
            self._used = {kept: of for kept, of in self._used.items() if of[0] == int(at)}
            self._blocked_until = {kept: until for kept, until in self._blocked_until.items() if until > at}
        return 0, 0
