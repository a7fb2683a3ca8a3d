"""The tap's decoders: threads that each drive a decoder process, fed in turns from the records of all streams."""

import logging
import threading
from collections.abc import Collection, Mapping, Sequence

from monitoring.decode.kpl import MAGIC
from monitoring.records.bounded_decoder import BoundedDecoder, DecoderUnavailable
from monitoring.records.field_paths import version_of
from monitoring.records.record_contents import HashKeys
from monitoring.records.record_row import rows_of
from monitoring.records.record_views import RecordContents
from monitoring.records.sample_buffer import monotonic_seconds
from monitoring.tap.decoder_batch import Batch, Finished
from monitoring.tap.fair_queue import FairQueue, Lane
from monitoring.tap.recent_records import RecentRecords
from monitoring.tap.searches import Searches, lane_of, stream_of
from portal.aws.records import DataRecord

log = logging.getLogger(__name__)

_WAIT_SECONDS = 0.1
_UNAVAILABLE_SECONDS = 1.0


class DecoderPool:
    """Decodes for every stream of a tap. `submit` and `finished` return at once; processes start with the first use."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._queue = FairQueue(count)
        self._changed = threading.Condition()
        self._finished: dict[str, Finished] = {}
        self._allowed: dict[str, frozenset[str]] = {}
        self._decoders: list[BoundedDecoder] = []
        self._schemas: dict[str, dict[str, str]] = {}
        self._hash_keys: dict[str, Mapping[str, HashKeys]] = {}
        self._kind_fields: dict[str, tuple[str, ...]] = {}
        self._recent: dict[str, RecentRecords] = {}
        self._searches = Searches()
        self._is_closed = False

    def submit(self, uid: str, owner: str, records: Sequence[DataRecord]) -> None:
        """Let a stream's records be decoded; while decoders cannot keep up, an even part of them is skipped."""
        with self._changed:
            if not records or self._is_closed:
                return
            self._start()
            dropped = self._queue.put(uid, owner, records, monotonic_seconds())
            self._of(uid).skipped_count += dropped
            self._of(uid).add_unsearched(self._searches.keys(uid), dropped)
            self._changed.notify()

    def search(self, uid: str, owner: str, filters: Mapping[str, str]) -> None:
        """Search a stream's records by these filters and no others: what was decoded lately, and from now on."""
        with self._changed:
            for key in self._searches.keys(uid) - filters.keys():
                self._queue.forget(lane_of(uid, key))
            for key in self._searches.begin(uid, filters):
                recent = self._recent.get(uid)
                self._search_again(uid, owner, key, recent.at(monotonic_seconds()) if recent else ())

    def allow(self, uid: str, allowed: frozenset[str]) -> int | None:
        """Show these fields of the stream's records to the vendor's staff from now on.

        Returns None unless others were allowed before; then how many records were dropped that were masked by those.
        """
        with self._changed:
            before, self._allowed[uid] = self._allowed.get(uid, allowed), allowed
            if before == allowed:
                return None
            waiting, finished = self._queue.waiting(uid), self.finished(uid)
            self._forget_waiting(uid)
            return waiting + finished.record_count + finished.skipped_count

    def waiting(self, uid: str) -> int:
        """Return how many records of the stream are not decoded yet."""
        with self._changed:
            return self._queue.waiting(uid)

    def finished(self, uid: str) -> Finished:
        """Return what became of the stream's records since the last call."""
        with self._changed:
            if uid in self._recent:
                self._recent[uid].drop_old(monotonic_seconds())
            return self._finished.pop(uid, None) or Finished()

    def learn(self, uid: str, name: str, schema: str) -> None:
        """Let a stream's records be decoded with a schema from now on."""
        with self._changed:
            self._schemas[uid] = {**self._schemas.get(uid, {}), name: schema}

    def describe(self, uid: str, hash_keys: Mapping[str, HashKeys]) -> None:
        """Let records of a stream be marked that are outside the range of their shard, by its ID."""
        with self._changed:
            self._hash_keys[uid] = hash_keys

    def unlearn(self, uid: str, names: Collection[str]) -> None:
        """Decode a stream's records from now on without these schemas."""
        with self._changed:
            known = self._schemas.pop(uid, {})
            if kept := {name: schema for name, schema in known.items() if name not in names}:
                self._schemas[uid] = kept

    def observe(self, uid: str, kind_field: tuple[str, ...]) -> None:
        """Return the fields of some of a stream's records from now on; `kind_field` names their device kind, if any."""
        with self._changed:
            self._kind_fields[uid] = kind_field

    def forget(self, uid: str) -> None:
        """Drop a stream's records, results, filters, schemas, ranges and what was asked of its fields."""
        with self._changed:
            self._kind_fields.pop(uid, None)
            self._hash_keys.pop(uid, None)
            self._schemas.pop(uid, None)
            self._recent.pop(uid, None)
            self._forget_waiting(uid)
            self._searches.forget(uid)
            self._finished.pop(uid, None)

    def close(self) -> None:
        """End every decoder process; waits for no thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            decoders = list(self._decoders)
        for decoder in decoders:
            decoder.close()

    def _of(self, uid: str) -> Finished:
        return self._finished.setdefault(uid, Finished())

    def _forget_waiting(self, uid: str) -> None:
        for lane in (uid, *(lane_of(uid, key) for key in self._searches.keys(uid))):
            self._queue.forget(lane)

    def _search_again(self, uid: str, owner: str, key: str, records: Sequence[DataRecord]) -> None:
        if records:
            lane, now = lane_of(uid, key), monotonic_seconds()
            dropped = self._queue.put(lane, owner, records, now, group=lane_of(uid, ""))
            self._of(uid).add_unsearched([key], dropped)
            self._changed.notify()

    def _start(self) -> None:
        while len(self._decoders) < self._count:
            decoder = BoundedDecoder()
            self._decoders.append(decoder)
            name = f"decoder-{len(self._decoders)}"
            threading.Thread(target=self._work, args=(decoder,), name=name, daemon=True).start()

    def _work(self, decoder: BoundedDecoder) -> None:
        while (batch := self._next()) is not None:
            before = decoder.ended
            try:
                found = self._decoded(decoder, batch)
            except DecoderUnavailable:
                log.error("tap.decoder_unavailable")
                self._give_back(batch)
                continue
            except Exception:  # a fault here must cost a batch, not the thread that decodes for everyone
                log.exception("tap.decoder_failed stream=%s", batch.uid)
                found = []
            self._store(batch, found, has_ended=decoder.ended > before)
        decoder.close()

    def _decoded(self, decoder: BoundedDecoder, batch: Batch) -> list[RecordContents]:
        pairs = [(record.data, record.partition_key) for record in batch.records]
        ranges = self._hash_keys.get(batch.uid, {})
        # Only an aggregate has records that can be outside the range: Kinesis chose the shard by those of the others.
        hash_keys = [ranges.get(record.shard_id) if record.data.startswith(MAGIC) else None for record in batch.records]
        kind_field = None if batch.is_again else self._kind_fields.get(batch.uid)
        return decoder.decode(
            pairs,
            batch.allowed,
            most=batch.most,
            schemas=self._schemas.get(batch.uid, {}),
            hash_keys=hash_keys,
            observed=() if kind_field is None else batch.lane.samples.places(len(pairs), monotonic_seconds()),
            kind_field=kind_field or (),
            filters=list(batch.filters.values()),
            most_found=batch.most_found,
        )

    def _next(self) -> Batch | None:
        with self._changed:
            while not self._is_closed:
                now = monotonic_seconds()
                taken = self._queue.take(now)
                if taken is not None:
                    return self._batch(*taken, now)
                self._changed.wait(_WAIT_SECONDS)
            return None

    def _batch(self, lane: Lane, records: list[DataRecord], now: float) -> Batch:
        uid, key = stream_of(lane.uid)
        filters = self._searches.of(uid, key)
        count, waiting = len(records), len(lane.waiting)
        most = [0] * count if key else lane.rows.share(count, waiting, now)
        budgets = self._searches.budgets(uid, filters)
        most_found = [budget.most(count, waiting, now) for budget in budgets]
        allowed = self._allowed.get(uid, frozenset())
        return Batch(uid, lane, records, most, allowed, filters, most_found, is_again=bool(key))

    def _give_back(self, batch: Batch) -> None:
        with self._changed:
            self._queue.finish(batch.lane, batch.records, has_ended=False, now=monotonic_seconds())
            batch.lane.not_before = monotonic_seconds() + _UNAVAILABLE_SECONDS

    def _store(self, batch: Batch, found: Sequence[RecordContents], *, has_ended: bool) -> None:
        records, lane, version = batch.records, batch.lane, version_of(batch.allowed)
        pairs = list(zip(records, found, strict=False))  # what is not in `found` was not reached
        searched = batch.searched(pairs, version)
        rows = [row for record, contents in pairs for row in rows_of(record, contents, version)]
        left = records[len(found) :] if found else ()
        with self._changed:
            now = monotonic_seconds()
            dropped = self._queue.finish(lane, left, has_ended=has_ended, now=now)
            if not self._queue.holds(lane):
                return
            late, lane.dropped = lane.dropped, 0
            skipped = dropped + late + (0 if found else len(records))
            finished = self._of(batch.uid)
            self._searches.spend(batch.uid, searched)
            finished.add_searched(searched, skipped)
            if not batch.is_again:
                lane.rows.spend(len(rows))
                finished.rows += rows
                finished.observations += [each.observation for each in found if each.observation is not None]
                finished.record_count += sum(len(contents.listed) + contents.omitted for contents in found)
                finished.skipped_count += skipped
                if has_ended and pairs:
                    finished.ended.append(pairs[-1][0])
                decoded = [record for record, _ in pairs[: len(pairs) - has_ended]]
                self._recent.setdefault(batch.uid, RecentRecords()).add(decoded, now)
                for key in self._searches.keys(batch.uid) - batch.filters.keys():  # began while these were decoded
                    self._search_again(batch.uid, lane.owner, key, decoded)
            self._changed.notify()
