"""What was counted of a stream's keys, as Redis holds it for a minute. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class KeyShare:
    """A partition key with the least and the most records and bytes that it can have."""

    key: str
    records: tuple[int, int]
    bytes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShardReport:
    """A shard: what was counted, its busiest second, its heaviest keys, some hash keys (sorted).

    `hash_keys` are its first and last, or None while they are not known.
    """

    shard_id: str
    hash_keys: tuple[int, int] | None
    records: int
    bytes: int
    peak_records: int
    peak_bytes: int
    keys: tuple[KeyShare, ...]
    hashes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The busiest shards of a stream. `since` and `until` are the first and last arrival that were counted.

    `uncounted` records were read of shards beyond the first 500.
    """

    stream_name: str
    since: datetime
    until: datetime
    records: int
    bytes: int
    uncounted: int
    shard_count: int
    is_on_demand: bool
    shards: tuple[ShardReport, ...]

    @property
    def seconds(self) -> float:
        """Return the time over which the records arrived, at least one second."""
        return max(1.0, (self.until - self.since).total_seconds())


def to_json(report: Report) -> str:
    """Return the report as text; hash keys are too large for numbers of JSON."""
    return json.dumps(
        {
            **{name: getattr(report, name) for name in _PLAIN},
            "since": report.since.isoformat(),
            "until": report.until.isoformat(),
            "shards": [_shard_json(shard) for shard in report.shards],
        }
    )


def from_json(text: str) -> Report:
    """Return the report that `to_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    raw = json.loads(text)
    return Report(
        **{name: raw[name] for name in _PLAIN},
        since=datetime.fromisoformat(raw["since"]),
        until=datetime.fromisoformat(raw["until"]),
        shards=tuple(map(_shard_of, raw["shards"])),
    )


_PLAIN = ("stream_name", "records", "bytes", "uncounted", "shard_count", "is_on_demand")
_SHARD_PLAIN = ("shard_id", "records", "bytes", "peak_records", "peak_bytes")


def _shard_json(shard: ShardReport) -> dict[str, Any]:
    return {
        **{name: getattr(shard, name) for name in _SHARD_PLAIN},
        "hash_keys": [f"{each:x}" for each in shard.hash_keys] if shard.hash_keys else None,
        "keys": [[each.key, each.records, each.bytes] for each in shard.keys],
        "hashes": [f"{each:x}" for each in shard.hashes],
    }


def _shard_of(raw: dict[str, Any]) -> ShardReport:
    hash_keys = raw["hash_keys"]
    return ShardReport(
        **{name: raw[name] for name in _SHARD_PLAIN},
        hash_keys=(int(hash_keys[0], 16), int(hash_keys[1], 16)) if hash_keys else None,
        keys=tuple(
            KeyShare(key, (records[0], records[1]), (sizes[0], sizes[1])) for key, records, sizes in raw["keys"]
        ),
        hashes=tuple(int(each, 16) for each in raw["hashes"]),
    )
