"""How many records of a watched stream were read, so that a page can say how many it does not list."""

import json
from dataclasses import dataclass
from datetime import datetime

from redis import RedisError

from portal import live

_STORED_SECONDS = 300


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """Records read since a tap began to read the stream, those inside aggregates included.

    `skipped` of them were not decoded, because more arrived than one page can show or decoding took too long. A skipped
    data record counts as one: what is inside it is not known.
    """

    since: datetime
    total: int = 0
    skipped: int = 0

    @property
    def since_key(self) -> str:
        """Return what marks the rows that belong to this count."""
        return f"{self.since.timestamp():.3f}"

    def plus(self, total: int, skipped: int) -> "ReadCounts":
        """Return the counts with more records."""
        return ReadCounts(self.since, self.total + total, self.skipped + skipped)

    def unlisted(self, listed: int) -> int:
        """Return how many records a page does not list that lists this many."""
        return max(0, self.total - listed)


def store_counts(uid: str, counts: ReadCounts) -> None:
    """Store the counts of a stream for five minutes, as long as its rows; raises RedisError."""
    stored = {"since": counts.since.isoformat(), "total": counts.total, "skipped": counts.skipped}
    live.connect().set(f"read_counts:{uid}", json.dumps(stored), ex=_STORED_SECONDS)


def read_counts(uid: str) -> ReadCounts | None:
    """Return the counts of a stream, or None when nothing was read lately."""
    try:
        raw = live.connect().get(f"read_counts:{uid}")
    except RedisError:
        return None
    if raw is None:
        return None
    stored = json.loads(live.text(raw))
    return ReadCounts(datetime.fromisoformat(stored["since"]), stored["total"], stored["skipped"])
