"""A page of records before a place. Kinesis has no reverse reading, so it steps back in time and reads forward. Pure.

Each shard is read from a time before the place up to the place. If too few records are found, it is read again from an
earlier time up to the first one found, and so on; a time with too many is replaced by a later one. Times decide only
where reading begins: the records between two sequence numbers are the same whatever the times of arrival are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from monitoring.history.batches import Source, parents_of
from monitoring.history.forward import Wanted, every_record
from monitoring.history.found_page import FoundPage
from monitoring.history.position import START, Cut, Kind, Position
from monitoring.history.tail import Tail
from portal.aws.records import DataRecord
from portal.aws.shards import Shard


class BackwardPage:
    """Reads a page before `cut`, a batch with each step. Nothing is older than `oldest`; `now` is the newest time.

    Of each window of time the newest `kept` records are kept, `limit` at least: more where few of them are wanted.
    """

    def __init__(
        self,
        shards: Iterable[Shard],
        cut: Cut,
        source: Source,
        *,
        limit: int,
        oldest: datetime,
        now: datetime,
        wanted: Wanted = every_record,
        kept: int = 0,
    ) -> None:
        listed = sorted(shards, key=lambda shard: shard.shard_id)
        self._cut, self._source, self._limit, self._wanted = cut, source, limit, wanted
        self._is_at_edge = False
        self._newest_first: list[DataRecord] = []
        self._tails = {
            shard_id: Tail(shard_id, place, limit=max(kept, limit), oldest=oldest, now=now)
            for shard_id, place in _places(listed, cut).items()
        }
        self._children: dict[str, list[Tail]] = {}
        for shard in listed:
            for parent in parents_of(shard):
                self._children.setdefault(parent, []).append(self._tails[shard.shard_id])

    @property
    def records(self) -> list[DataRecord]:
        """Return the records found so far, oldest first."""
        return self._newest_first[::-1]

    @property
    def read_up_to(self) -> datetime | None:
        """Return the time back to which all shards were read."""
        return max((tail.read_back_to for tail in self._tails.values() if not tail.is_drained), default=None)

    def step(self) -> bool:
        """Read one batch; return False when the page is complete. Raises Stopped and AwsFault."""
        tail = self._merged()
        if tail is not None:
            tail.read(self._source)
            tail = self._merged()
        return tail is not None

    def page(self) -> FoundPage:
        """Return what was found so far: exact after any step."""
        passed = {shard: place for shard, place in self._cut.positions.items() if shard not in self._tails}
        starts = {tail.shard_id: tail.start for tail in self._tails.values()}
        ends = {tail.shard_id: tail.end for tail in self._tails.values()}
        return FoundPage(
            tuple(self.records),
            Cut(self._cut.origin, passed | starts),
            Cut(self._cut.origin, passed | ends),
            self._is_at_edge,
        )

    def _merged(self) -> Tail | None:
        """Move records to the page as long as their order is certain; return the shard to read next."""
        while len(self._newest_first) < self._limit:
            usable = [tail for tail in self._tails.values() if self._is_next(tail)]
            last = max((tail for tail in usable if tail.waiting), key=lambda tail: tail.order, default=None)
            later = [
                tail
                for tail in usable
                if tail.can_be_read and (last is None or tail.read_back_to >= last.waiting[-1].arrived_at)
            ]
            if later:
                return max(later, key=lambda tail: (tail.read_back_to, tail.shard_id))
            if last is None:
                self._is_at_edge = True
                return None
            record = last.next()
            if self._wanted(record):
                self._newest_first.append(record)
        return None

    def _is_next(self, tail: Tail) -> bool:
        """Return whether all records of the shard's children are on this page or a later one."""
        return all(child.is_drained and not child.waiting for child in self._children.get(tail.shard_id, ()))


def _places(shards: Sequence[Shard], cut: Cut) -> dict[str, Position]:
    """Return the place in each shard. Where a shard was not reached, its parents have records after this place."""
    places: dict[str, Position] = dict(cut.positions)
    for shard in shards:  # parents have lower IDs than their children
        parents = [places[parent] for parent in parents_of(shard) if parent in places]
        is_reached = not cut.positions or all(place.kind is Kind.PAST for place in parents)
        places.setdefault(shard.shard_id, cut.origin if is_reached else START)
    return {shard.shard_id: places[shard.shard_id] for shard in shards}
