"""Is it one key, or are many keys in one hash range? And what cures it. Pure.

A shard is busy when it used most of a write limit in some second, or half of it in the mean. It is uneven when it
carries twice what its hash keys' share of the stream would give it. Only such a shard needs a verdict. A stream of
which half is in use in the mean is full: it needs more shards, whatever one of them carries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from monitoring.hot_keys.report import KeyShare, Report, ShardReport
from monitoring.hot_keys.split import Split, split_of
from monitoring.shards.known_shard import HASH_KEYS
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND

BUSY_PEAK_SHARE = 0.8
BUSY_MEAN_SHARE = 0.5
UNEVEN_FACTOR = 2.0
HOT_KEY_SHARE = 0.5  # a split leaves the key's half with at least this much
LEAST_RECORDS = 20  # of 1 MiB they fill a shard for 20 seconds


class Kind(StrEnum):
    """What the counted records say of a shard."""

    CALM = "calm"
    TOO_FEW = "too_few"
    HOT_KEY = "hot_key"
    HOT_RANGE = "hot_range"
    UNDECIDED = "undecided"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class KeyLoad:
    """A key's least and most share (0 to 1) of its shard, in the limit that the shard uses more of."""

    key: KeyShare
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one shard. Shares of limits are 0 to 1 and more; `split` is set where splitting helps."""

    shard: ShardReport
    kind: Kind
    is_busy: bool
    is_by_bytes: bool
    mean_share: float
    peak_share: float
    stream_share: float
    range_share: float | None
    keys: tuple[KeyLoad, ...]
    split: Split | None = None


def verdicts(report: Report) -> list[Verdict]:
    """Return the verdict on each reported shard, in the order of the report: the busiest first."""
    found = [_verdict(shard, report) for shard in report.shards]
    return [_full(verdict) if _is_full(report) and not _is_uneven(verdict) else verdict for verdict in found]


def _verdict(shard: ShardReport, report: Report) -> Verdict:
    by_records = shard.records / report.seconds / SHARD_RECORDS_PER_SECOND
    by_bytes = shard.bytes / report.seconds / SHARD_BYTES_PER_SECOND
    is_by_bytes = by_bytes > by_records
    peak = max(shard.peak_records / SHARD_RECORDS_PER_SECOND, shard.peak_bytes / SHARD_BYTES_PER_SECOND)
    mean = max(by_records, by_bytes)
    found = Verdict(
        shard=shard,
        kind=Kind.CALM,
        is_busy=peak >= BUSY_PEAK_SHARE or mean >= BUSY_MEAN_SHARE,
        is_by_bytes=is_by_bytes,
        mean_share=mean,
        peak_share=peak,
        stream_share=_share(shard.bytes, report.bytes) if is_by_bytes else _share(shard.records, report.records),
        range_share=_range_share(shard),
        keys=tuple(sorted((_load(key, shard, is_by_bytes) for key in shard.keys), key=lambda load: -load.least)),
    )
    return _judged(found)


def _judged(found: Verdict) -> Verdict:
    if not found.is_busy and not _is_uneven(found):
        return found
    if found.shard.records < LEAST_RECORDS:
        return _as(found, Kind.TOO_FEW)
    if any(load.least >= HOT_KEY_SHARE for load in found.keys):
        return _as(found, Kind.HOT_KEY)
    # A key that is not among the heaviest weighs no more than one of them can.
    if any(load.most >= HOT_KEY_SHARE for load in found.keys):
        return _as(found, Kind.UNDECIDED)
    return _as(found, Kind.HOT_RANGE, split_of(found.shard))


def _is_full(report: Report) -> bool:
    per_second = max(report.records / SHARD_RECORDS_PER_SECOND, report.bytes / SHARD_BYTES_PER_SECOND) / report.seconds
    return report.shard_count > 1 and per_second / report.shard_count >= BUSY_MEAN_SHARE


def _is_uneven(found: Verdict) -> bool:
    return found.range_share is not None and found.stream_share >= UNEVEN_FACTOR * found.range_share


def _full(found: Verdict) -> Verdict:
    return _as(found, Kind.FULL) if found.kind is Kind.HOT_RANGE else found


def _as(found: Verdict, kind: Kind, split: Split | None = None) -> Verdict:
    return replace(found, kind=kind, split=split)


def _load(key: KeyShare, shard: ShardReport, is_by_bytes: bool) -> KeyLoad:
    (least, most), total = (key.bytes, shard.bytes) if is_by_bytes else (key.records, shard.records)
    return KeyLoad(key, _share(least, total), _share(most, total))


def _range_share(shard: ShardReport) -> float | None:
    if shard.hash_keys is None:
        return None
    first, last = shard.hash_keys
    return (last + 1 - first) / HASH_KEYS


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
