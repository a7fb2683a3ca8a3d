"""Exact counts of what the building sent, for the metrics that the emulated AWS does not publish."""

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from threading import Lock


@dataclass(slots=True)
class Counts:
    """What happened since the counts were last read. Bytes as AWS counts them: data with the partition key."""

    calls: int = 0
    calls_answered: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    records: int = 0
    bytes: int = 0
    failed: int = 0
    throttled: int = 0
    records_by_shard: Counter[str] = field(default_factory=Counter)
    bytes_by_shard: Counter[str] = field(default_factory=Counter)
    throttled_by_shard: Counter[str] = field(default_factory=Counter)

    def times(self, factor: float) -> "Counts":
        """Return the counts with so many times the records and bytes, as if a larger building had sent them."""
        return replace(
            self,
            records=round(self.records * factor),
            bytes=round(self.bytes * factor),
            records_by_shard=_times(self.records_by_shard, factor),
            bytes_by_shard=_times(self.bytes_by_shard, factor),
        )


def _times(by_shard: Counter[str], factor: float) -> Counter[str]:
    return Counter({shard_id: round(count * factor) for shard_id, count in by_shard.items()})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one record: the shard that received it, or AWS's error code."""

    size: int
    shard_id: str | None
    error_code: str | None = None

    @property
    def is_throttled(self) -> bool:
        """Whether the shard was at its limit."""
        return self.error_code == "ProvisionedThroughputExceededException"


class Tally:
    """Counts of one stream, filled by the sender and read by the publisher, in two threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = Counts()
        self._undelivered: deque[float] = deque()
        self.total_records = 0

    def add_call(self, outcomes: list[Outcome], *, latency_ms: float, at: float) -> None:
        """Count one PutRecords call that AWS answered at this time (seconds)."""
        with self._lock:
            self._counts.calls += 1
            self._counts.calls_answered += 1
            self._counts.latencies_ms.append(latency_ms)
            for outcome in outcomes:
                self._add(outcome, at)

    def add_failed_call(self) -> None:
        """Count one PutRecords call that failed as a whole."""
        with self._lock:
            self._counts.calls += 1

    def take(self) -> Counts:
        """Return the counts since the last call, and reset them."""
        with self._lock:
            taken, self._counts = self._counts, Counts()
            return taken

    def note_delivered(self, records: int) -> None:
        """Record that this many more records, oldest first, arrived in the bucket."""
        with self._lock:
            for _ in range(min(records, len(self._undelivered))):
                self._undelivered.popleft()

    def oldest_undelivered_seconds(self, now: float) -> float:
        """Return the age of the oldest record that is not in the bucket; 0 where all are."""
        with self._lock:
            return max(0.0, now - self._undelivered[0]) if self._undelivered else 0.0

    def _add(self, outcome: Outcome, at: float) -> None:
        if outcome.shard_id is None:
            self._counts.failed += 1
            self._counts.throttled += outcome.is_throttled
            return
        self.total_records += 1
        self._counts.records += 1
        self._counts.bytes += outcome.size
        self._counts.records_by_shard[outcome.shard_id] += 1
        self._counts.bytes_by_shard[outcome.shard_id] += outcome.size
        self._undelivered.append(at)
