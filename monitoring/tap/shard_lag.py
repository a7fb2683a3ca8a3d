"""How far a reader is behind the newest record of its shard, and whether it can catch up. Pure: no clock."""

from dataclasses import dataclass

FAR_BEHIND_SECONDS = 60.0
_WATCHED_SECONDS = 20.0
_PATIENCE_SECONDS = 300.0
_USUAL_SECONDS = 3.0


@dataclass(slots=True)
class ShardLag:
    """The lag as Kinesis reports it with each read (MillisBehindLatest), which grows while no read succeeds."""

    behind_seconds: float = 0.0
    _read_at: float | None = None
    _watched_since: float = 0.0
    _behind_then: float = 0.0

    def note(self, behind_seconds: float, now: float) -> None:
        """Note the answer of a read."""
        if self._read_at is None or self.behind_seconds < FAR_BEHIND_SECONDS:
            self._watched_since, self._behind_then = now, behind_seconds
        self.behind_seconds, self._read_at = behind_seconds, now

    def seconds(self, now: float) -> float | None:
        """Return how late records may be that are read now, or None before the first read.

        The time since the last read counts while records wait, and when it is longer than between two usual reads.
        """
        if self._read_at is None:
            return None
        since = now - self._read_at
        return self.behind_seconds + (since if self.behind_seconds >= 1 or since > _USUAL_SECONDS else 0.0)

    def is_hopeless(self, now: float) -> bool:
        """Return whether a reader that is a minute behind would need more than five minutes to catch up.

        It is judged by what it gained in the last 20 s.
        """
        watched = now - self._watched_since
        if self.behind_seconds < FAR_BEHIND_SECONDS or watched < _WATCHED_SECONDS:
            return False
        gained_per_second = (self._behind_then - self.behind_seconds) / watched
        self._watched_since, self._behind_then = now, self.behind_seconds
        return gained_per_second * _PATIENCE_SECONDS < self.behind_seconds
