"""How often a reader may call GetRecords of one shard: Sluice's share of what all consumers of a shard have. Pure.

While history reads the same shard, one call and half of the bytes are its part (`monitoring.records.read_turns`).
A shard answers five calls and 2 MiB a second, for everyone who reads it.
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
"""

from dataclasses import dataclass

USUAL_CALLS = 1.0
MOST_CALLS = 2.0
LEAST_CALLS = 0.2
BYTES_PER_SECOND = 2 * 1024 * 1024
_STEP = 1.1
_BEHIND_SECONDS = 1.0
_CAREFUL_READS = 60
_PART_OF_LIVE = 0.5


@dataclass(slots=True)
class ReadBudget:
    """The calls of one second and shard: one, up to two while records wait, half as many after each throttled read.

    After a throttled read there is no more than one for the next 60 reads, because another consumer needs the rest; nor
    while it `is_shared` with history.
    """

    calls_per_second: float = USUAL_CALLS
    is_shared: bool = False
    _careful_reads: int = 0

    @property
    def interval(self) -> float:
        """Return the seconds between two reads."""
        return 1 / (min(USUAL_CALLS, self.calls_per_second) if self.is_shared else self.calls_per_second)

    def note_throttled(self) -> None:
        """Halve the budget, down to one call in five seconds."""
        self.calls_per_second = max(LEAST_CALLS, self.calls_per_second / 2)
        self._careful_reads = _CAREFUL_READS

    def note_read(self, behind_seconds: float) -> None:
        """Go a step towards what is needed after a read that Kinesis answered."""
        self._careful_reads = max(0, self._careful_reads - 1)
        is_behind = behind_seconds >= _BEHIND_SECONDS and not self._careful_reads and not self.is_shared
        aim = MOST_CALLS if is_behind else USUAL_CALLS
        self.calls_per_second = min(aim, self.calls_per_second * _STEP)

    def pause_after(self, read_bytes: int) -> float:
        """Return the seconds until the next read: longer after many bytes, for which Kinesis throttles what follows."""
        pace = BYTES_PER_SECOND * min(USUAL_CALLS, self.calls_per_second) * (_PART_OF_LIVE if self.is_shared else 1)
        return max(self.interval, read_bytes / pace if read_bytes > pace else 0.0)
