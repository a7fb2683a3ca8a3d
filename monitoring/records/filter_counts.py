"""How many records a filter found of those that were read since it is used, so that its pages can say so."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from redis import RedisError

from portal import live

_STORED_SECONDS = 300
_TIMES = ("since", "earliest")


@dataclass(frozen=True, slots=True)
class FilterCounts:
    """Records read since the tap applies a filter, those inside aggregates included.

    The filter found something in `matched` of them; `unsearched` could not be decoded, or were not, or are too large.
    Those that were decoded shortly before are searched and counted, too: `earliest` is when the first of them arrived,
    None before there was one. `is_refused`: as many other filters as can be are in use.
    """

    since: datetime
    read: int = 0
    matched: int = 0
    unsearched: int = 0
    is_refused: bool = False
    earliest: datetime | None = None

    @property
    def covers_from(self) -> datetime:
        """Return the time since which the counted records arrived."""
        return min(self.since, self.earliest or self.since)

    @property
    def since_key(self) -> str:
        """Return what marks the rows that belong to this count."""
        return f"{self.since.timestamp():.3f}"

    def plus(self, *, searched: int, matched: int, unsearched: int, earliest: datetime | None = None) -> "FilterCounts":
        """Return the counts with more records, of which the first arrived at `earliest`, where that is known."""
        return replace(
            self,
            read=self.read + searched + unsearched,
            matched=self.matched + matched,
            unsearched=self.unsearched + unsearched,
            earliest=min(filter(None, (self.earliest, earliest)), default=None),
        )


def store_filter_counts(uid: str, key: str, counts: FilterCounts) -> None:
    """Store the counts of a stream's filter for five minutes, as long as its rows; raises RedisError."""
    times = {name: at.isoformat() for name in _TIMES if (at := getattr(counts, name))}
    stored = asdict(counts) | times
    live.connect().set(f"filter_counts:{uid}:{key}", json.dumps(stored), ex=_STORED_SECONDS)


def filter_counts(uid: str, key: str) -> FilterCounts | None:
    """Return the counts of a stream's filter, or None when it was not applied lately."""
    try:
        raw = live.connect().get(f"filter_counts:{uid}:{key}")
    except RedisError:
        return None
    if raw is None:
        return None
    stored = json.loads(live.text(raw))
    try:
        times = {name: datetime.fromisoformat(stored[name]) for name in _TIMES if stored.get(name)}
        return FilterCounts(**{**stored, **times})
    except (TypeError, KeyError, ValueError):  # of another version
        return None
