"""How many records of a watched stream were read, so that a page can say how many it does not list."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from redis import RedisError

from monitoring.series import shard_number
from portal import live

_STORED_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Skip:
    """What a reader left out of a shard because it could not keep up: what arrived between two moments.

    `after` is the sequence number of the last record read before, `until` that of the first one after; None while it is
    not known. How many records are between them is not known.
    """

    shard_id: str
    began_at: datetime
    ended_at: datetime
    after: str | None = None
    until: str | None = None

    @property
    def short_shard(self) -> str:
        """Return the end of the shard ID, by which shards differ."""
        return f"…{shard_number(self.shard_id)}"

    def as_json(self) -> dict[str, str | None]:
        """Return it as plain data."""
        times = {"began_at": self.began_at.isoformat(), "ended_at": self.ended_at.isoformat()}
        return {"shard_id": self.shard_id, **times, "after": self.after, "until": self.until}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Skip":
        """Return what `as_json` wrote."""
        times = {name: datetime.fromisoformat(stored[name]) for name in ("began_at", "ended_at")}
        return cls(stored["shard_id"], **times, after=stored["after"], until=stored["until"])


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """Records read since a tap began to read the stream, those inside aggregates included.

    `skipped` of them were not decoded, because more arrived than one page can show or decoding took too long. A skipped
    data record counts as one: what is inside it is not known. What a reader left out was not read, and is not counted:
    `last_skip` is the newest of `skips` such times. Reading starts with records that arrived before it: `earliest` is
    when the first of those that were read arrived, None before there was one.
    """

    since: datetime
    total: int = 0
    skipped: int = 0
    skips: int = 0
    last_skip: Skip | None = None
    earliest: datetime | None = None

    @property
    def covers_from(self) -> datetime:
        """Return the time since which the counted records arrived."""
        return min(self.since, self.earliest or self.since)

    @property
    def since_key(self) -> str:
        """Return what marks the rows that belong to this count."""
        return f"{self.since.timestamp():.3f}"

    def plus(self, total: int, skipped: int) -> "ReadCounts":
        """Return the counts with more records."""
        return replace(self, total=self.total + total, skipped=self.skipped + skipped)

    def with_arrival(self, at: datetime) -> "ReadCounts":
        """Return the counts with a record that arrived then, which may be before the others."""
        return replace(self, earliest=min(at, self.earliest or at))

    def with_skip(self, skip: Skip) -> "ReadCounts":
        """Return the counts with one more skip."""
        return replace(self, skips=self.skips + 1, last_skip=skip)

    def with_first_after_skip(self, shard_id: str, sequence_number: str) -> "ReadCounts":
        """Return the counts with the first record that was read of a shard after its skip."""
        skip = self.last_skip
        if skip is None or skip.shard_id != shard_id or skip.until is not None:
            return self
        return replace(self, last_skip=replace(skip, until=sequence_number))

    def unlisted(self, listed: int) -> int:
        """Return how many records a page does not list that lists this many."""
        return max(0, self.total - listed)


def store_counts(uid: str, counts: ReadCounts) -> None:
    """Store the counts of a stream for five minutes, as long as its rows; raises RedisError."""
    stored = {
        "since": counts.since.isoformat(),
        "total": counts.total,
        "skipped": counts.skipped,
        "skips": counts.skips,
        "last_skip": counts.last_skip.as_json() if counts.last_skip else None,
        "earliest": counts.earliest.isoformat() if counts.earliest else None,
    }
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
    last_skip, earliest = stored.get("last_skip"), stored.get("earliest")
    return ReadCounts(
        datetime.fromisoformat(stored["since"]),
        stored["total"],
        stored["skipped"],
        stored.get("skips", 0),
        Skip.from_json(last_skip) if last_skip else None,
        datetime.fromisoformat(earliest) if earliest else None,
    )
