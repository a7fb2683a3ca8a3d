"""Records that wait for a decoder, taken in turns: no tenant and no stream can keep all decoders. Pure: no clock.

One stream has at most one decoder at a time for what it sends, and one for what is searched again by filters that are
new; one tenant has all but one of them.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitoring.records.fair_selection import evenly_selected
from monitoring.tap.field_budget import FieldBudget
from monitoring.tap.row_budget import RowBudget
from portal.aws.records import DataRecord

MAX_WAITING = 20_000
MAX_WAITING_BYTES = 32 * 1024 * 1024
MAX_BYTES = 128 * 1024 * 1024
BATCH_RECORDS = 100
BATCH_BYTES = 2 * 1024 * 1024
LATE_SECONDS = 5.0
_BUSY_SECONDS = 1.5
_WINDOW_SECONDS = 2.0
_FEWER, _MORE = 0.9, 1.1
_STRIKES_UNTIL_DROPPED = 3
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass(slots=True, eq=False)
class Lane:
    """The waiting records of one stream. `strikes` counts records lately that ended their decoder.

    Of the lanes of a `group` one at a time has a decoder; a lane without one is a group by itself.

    `kept_share` is the share of its records that is decoded: below 1 while decoders cannot keep up, so that each shard
    and each second has its part. `dropped` counts those that waited too long.
    """

    uid: str
    owner: str
    waiting: deque[DataRecord] = field(default_factory=deque)
    since: deque[float] = field(default_factory=deque)
    waiting_bytes: int = 0
    decoding: int = 0
    strikes: int = 0
    not_before: float = 0.0
    dropped: int = 0
    kept_share: float = 1.0
    rows: RowBudget = field(default_factory=RowBudget)
    samples: FieldBudget = field(default_factory=FieldBudget)
    group: str = ""
    _shared_at: float = 0.0
    _arrived: int = 0
    _taken: int = 0

    def add(self, records: Sequence[DataRecord], now: float) -> int:
        """Add records, or an even part of them; return how many were dropped, also of the oldest if too many wait."""
        self._arrived += len(records)
        kept = evenly_selected(records, max(1, round(self.kept_share * len(records))))
        self.waiting.extend(kept)
        self.since.extend([now] * len(kept))
        self.waiting_bytes += sum(len(record.data) for record in kept)
        dropped = len(records) - len(kept)
        while len(self.waiting) > MAX_WAITING or self.waiting_bytes > MAX_WAITING_BYTES:
            self.pop()
            dropped += 1
        return dropped

    def drop_late(self, now: float) -> None:
        """Drop what has waited for more than five seconds, and adapt the share of records that is kept."""
        late = now - self.since[0] if self.since else 0.0
        while len(self.waiting) > BATCH_RECORDS and now - self.since[0] > LATE_SECONDS:
            self.pop()
            self.dropped += 1
        if now - self._shared_at >= _WINDOW_SECONDS:
            self._adapt(late > _BUSY_SECONDS)
            self._shared_at, self._arrived, self._taken = now, 0, 0

    def _adapt(self, is_busy: bool) -> None:
        if is_busy and self._arrived:
            self.kept_share = min(self.kept_share, _FEWER * self._taken / self._arrived)
        else:
            self.kept_share = min(1.0, self.kept_share * _MORE)

    def batch(self) -> list[DataRecord]:
        """Remove and return the oldest records, as many as one call to a decoder may have."""
        found: list[DataRecord] = [self.pop()]
        size = len(found[0].data)
        while self.waiting and len(found) < BATCH_RECORDS and size + len(self.waiting[0].data) <= BATCH_BYTES:
            found.append(self.pop())
            size += len(found[-1].data)
        self._taken += len(found)
        return found

    def put_back(self, records: Sequence[DataRecord], now: float) -> None:
        """Put records back in front of the others."""
        self.since.extendleft([self.since[0] if self.since else now] * len(records))
        self.waiting.extendleft(reversed(records))
        self.waiting_bytes += sum(len(record.data) for record in records)

    def drop_all(self) -> int:
        """Remove all waiting records; return how many there were."""
        dropped = len(self.waiting)
        self.waiting.clear()
        self.since.clear()
        self.waiting_bytes = 0
        return dropped

    def pop(self) -> DataRecord:
        """Remove and return the oldest record."""
        self.since.popleft()
        record = self.waiting.popleft()
        self.waiting_bytes -= len(record.data)
        return record


class FairQueue:
    """The lanes of all streams. For one thread at a time: the caller holds a lock."""

    def __init__(self, decoders: int) -> None:
        self._most = max(1, decoders - 1)
        self._lanes: dict[str, Lane] = {}
        self._turns: dict[str, None] = {}  # tenants; the one whose turn was longest ago is first
        self._busy: Counter[str] = Counter()

    def put(self, uid: str, owner: str, records: Sequence[DataRecord], now: float = 0.0, *, group: str = "") -> int:
        """Add a stream's records; return how many of the stream are dropped because decoders cannot keep up."""
        lane = self._lanes.setdefault(uid, Lane(uid, owner, group=group))
        self._turns.setdefault(owner, None)
        dropped = lane.add(records, now)
        self._drop_from_longest()
        return dropped

    def holds(self, lane: Lane) -> bool:
        """Return whether the lane was not forgotten while a decoder had its records."""
        return self._lanes.get(lane.uid) is lane

    def waiting(self, uid: str) -> int:
        """Return how many records of the stream wait or are being decoded."""
        lane = self._lanes.get(uid)
        return len(lane.waiting) + lane.decoding if lane else 0

    def take(self, now: float) -> tuple[Lane, list[DataRecord]] | None:
        """Return the next stream's records, or None while there is nothing to do; `finish` must follow."""
        busy = {lane.group for lane in self._lanes.values() if lane.group and lane.decoding}
        for owner in list(self._turns):
            if self._busy[owner] >= self._most:
                continue
            lanes = (lane for lane in self._lanes.values() if lane.owner == owner and lane.group not in busy)
            lane = next((lane for lane in lanes if _is_ready(lane, now)), None)
            if lane is not None:
                self._give_turn(lane)
                lane.drop_late(now)
                records = lane.batch()
                lane.decoding = len(records)
                return lane, records
        return None

    def finish(self, lane: Lane, left: Sequence[DataRecord], *, has_ended: bool, now: float) -> int:
        """Put back what was not decoded; return how many records were dropped.

        When a record ended its decoder, the stream pauses: 1 s at first, then longer. At the third in a row, what waits
        is dropped, so that a stream cannot keep ending decoders.
        """
        self._busy[lane.owner] -= 1
        lane.decoding = 0
        lane.put_back(left, now)
        if not has_ended:
            lane.strikes //= 2
            return 0
        lane.strikes += 1
        lane.not_before = now + min(_LONGEST_PAUSE_SECONDS, 2.0 ** (lane.strikes - 1))
        return lane.drop_all() if lane.strikes >= _STRIKES_UNTIL_DROPPED else 0

    def forget(self, uid: str) -> None:
        """Remove a stream and what waits of it."""
        lane = self._lanes.pop(uid, None)
        if lane and not any(other.owner == lane.owner for other in self._lanes.values()):
            self._turns.pop(lane.owner, None)

    def _drop_from_longest(self) -> None:
        """Keep what waits of all streams within a tap's memory: the stream with the most bytes loses its oldest."""
        while sum(lane.waiting_bytes for lane in self._lanes.values()) > MAX_BYTES:
            longest = max(self._lanes.values(), key=lambda lane: lane.waiting_bytes)
            longest.pop()
            longest.dropped += 1

    def _give_turn(self, lane: Lane) -> None:
        self._busy[lane.owner] += 1
        self._turns[lane.owner] = self._turns.pop(lane.owner)
        self._lanes[lane.uid] = self._lanes.pop(lane.uid)


def _is_ready(lane: Lane, now: float) -> bool:
    return bool(lane.waiting) and not lane.decoding and now >= lane.not_before
