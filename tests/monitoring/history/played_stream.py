"""A stream of lists that is read as Kinesis is: in batches, some of them empty, each shard in its own order."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitoring.history.batches import Batch, OpenShard, Stopped, parents_of
from monitoring.history.position import Kind, Position
from portal.aws.records import DataRecord
from portal.aws.shards import Shard

BEGAN = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def shard_id(number: int) -> str:
    return f"shardId-{number:012d}"


def shard(number: int, *parents: int, is_open: bool = True) -> Shard:
    ids = [shard_id(parent) for parent in parents]
    return Shard(
        shard_id(number),
        ids[0] if ids else None,
        ids[1] if len(ids) > 1 else None,
        0,
        1,
        "1",
        None if is_open else "9",
    )


@dataclass
class PlayedStream:
    """Its shards and records by shard. `stops_after` reads it raises Stopped, once."""

    now: datetime
    shards: list[Shard]
    records: dict[str, list[DataRecord]]
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    reads: int = 0
    stops_after: int | None = None

    @property
    def all_records(self) -> list[DataRecord]:
        return [record for records in self.records.values() for record in records]

    def put(self, number: int, sequence_number: int, seconds: float) -> DataRecord:
        record = DataRecord(
            str(sequence_number), BEGAN + timedelta(seconds=seconds), f"k{sequence_number}", b"{}", shard_id(number)
        )
        self.records.setdefault(shard_id(number), []).append(record)
        return record

    def open(self, shard_id: str, position: Position) -> OpenShard:
        assert not position.is_finished
        found = self.records.setdefault(shard_id, [])
        # The first record that is not before the place: so does AT_TIMESTAMP, whatever the times after it are.
        begin = (
            0
            if position.kind is Kind.START
            else next((place for place, record in enumerate(found) if not position.is_after(record)), len(found))
        )
        is_open = next(shard.is_open for shard in self.shards if shard.shard_id == shard_id)
        return _Reading(self, found, begin, is_open)


@dataclass
class _Reading:
    stream: PlayedStream
    found: list[DataRecord]
    place: int
    is_open: bool

    def read(self, limit: int) -> Batch:
        stream = self.stream
        stream.reads += 1
        if stream.stops_after is not None and stream.reads > stream.stops_after:
            stream.stops_after = None
            raise Stopped
        count = stream.chance.choice([0, 1, 2, 5, limit])
        batch = tuple(self.found[self.place : self.place + min(count, limit)])
        self.place += len(batch)
        is_all = self.place >= len(self.found)
        up_to = stream.now if is_all else self.found[self.place].arrived_at
        return Batch(batch, up_to, is_newest=is_all and self.is_open, is_end=is_all and not self.is_open)


def random_stream(seed: int) -> PlayedStream:
    """A stream of a few shards that is resharded now and then; times of arrival repeat and are out of order."""
    chance = random.Random(seed)
    numbers = list(range(chance.randint(1, 3)))
    shards = {number: shard(number) for number in numbers}
    stream = PlayedStream(BEGAN + timedelta(days=1), [], {}, chance)
    seconds = 0.0
    pace = chance.choice([0.0, 0.01, 5.0, 3000.0])
    for sequence in range(1, chance.randint(1, 121)):
        seconds = min(80_000.0, seconds + chance.choice([0.0, pace * chance.random()]))
        jitter = chance.choice([0.0, 0.0, 0.001, -0.2]) * chance.random()
        stream.put(chance.choice(numbers), sequence, round(max(0.0, seconds + jitter), 3))
        if chance.random() < 0.04:
            numbers = _resharded(shards, numbers, chance)
    stream.shards = list(shards.values())
    return stream


def _resharded(shards: dict[int, Shard], numbers: list[int], chance: random.Random) -> list[int]:
    new = len(shards)
    if len(numbers) > 1 and chance.random() < 0.5:
        parents, children = numbers[:2], [new]
    else:
        parents, children = numbers[:1], [new, new + 1]
    for parent in parents:
        ids = [int(each.rpartition("-")[2]) for each in parents_of(shards[parent])]
        shards[parent] = shard(parent, *ids, is_open=False)
    for child in children:
        shards[child] = shard(child, *parents)
    return [*numbers[len(parents) :], *children]
