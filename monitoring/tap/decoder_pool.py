"""The tap's decoders: threads that each drive a decoder process, fed in turns from the records of all streams."""

import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from monitoring.decode.kpl import MAGIC
from monitoring.field_catalogue.observation import Observation
from monitoring.records.bounded_decoder import BoundedDecoder, DecoderUnavailable
from monitoring.records.field_paths import version_of
from monitoring.records.record_contents import HashKeys
from monitoring.records.record_row import RecordRow, rows_of
from monitoring.records.record_views import RecordContents
from monitoring.records.sample_buffer import monotonic_seconds
from monitoring.tap.fair_queue import FairQueue, Lane
from portal.aws.records import DataRecord

log = logging.getLogger(__name__)

_WAIT_SECONDS = 0.1
_UNAVAILABLE_SECONDS = 1.0


@dataclass(slots=True)
class Finished:
    """What became of a stream's records since it was asked last.

    `record_count` counts the records of `rows` and those inside them that are not listed; `skipped_count` those that
    were never decoded. `ended` are records that ended their decoder, `observations` the fields of some.
    """

    rows: list[RecordRow] = field(default_factory=list)
    record_count: int = 0
    skipped_count: int = 0
    ended: list[DataRecord] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)


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
        self._is_closed = False

    def submit(self, uid: str, owner: str, records: Sequence[DataRecord]) -> None:
        """Let a stream's records be decoded; while decoders cannot keep up, an even part of them is skipped."""
        with self._changed:
            if not records or self._is_closed:
                return
            self._start()
            self._of(uid).skipped_count += self._queue.put(uid, owner, records, monotonic_seconds())
            self._changed.notify()

    def allow(self, uid: str, allowed: frozenset[str]) -> int | None:
        """Show these fields of the stream's records to the vendor's staff from now on.

        Returns None unless others were allowed before; then how many records were dropped that were masked by those.
        """
        with self._changed:
            before, self._allowed[uid] = self._allowed.get(uid, allowed), allowed
            if before == allowed:
                return None
            waiting, finished = self._queue.waiting(uid), self.finished(uid)
            self._queue.forget(uid)
            return waiting + finished.record_count + finished.skipped_count

    def waiting(self, uid: str) -> int:
        """Return how many records of the stream are not decoded yet."""
        with self._changed:
            return self._queue.waiting(uid)

    def finished(self, uid: str) -> Finished:
        """Return what became of the stream's records since the last call."""
        with self._changed:
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
        """Drop a stream's records, results, schemas, ranges and what was asked of its fields."""
        with self._changed:
            self._kind_fields.pop(uid, None)
            self._hash_keys.pop(uid, None)
            self._schemas.pop(uid, None)
            self._queue.forget(uid)
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

    def _start(self) -> None:
        while len(self._decoders) < self._count:
            decoder = BoundedDecoder()
            self._decoders.append(decoder)
            name = f"decoder-{len(self._decoders)}"
            threading.Thread(target=self._work, args=(decoder,), name=name, daemon=True).start()

    def _work(self, decoder: BoundedDecoder) -> None:
        while (taken := self._next()) is not None:
            lane, records, most = taken
            before = decoder.ended
            allowed = self._allowed.get(lane.uid, frozenset())
            try:
                found = self._decoded(decoder, lane, records, most, allowed)
            except DecoderUnavailable:
                log.error("tap.decoder_unavailable")
                self._give_back(lane, records)
                continue
            except Exception:  # a fault here must cost a batch, not the thread that decodes for everyone
                log.exception("tap.decoder_failed stream=%s", lane.uid)
                found = []
            self._store(lane, records, found, version_of(allowed), has_ended=decoder.ended > before)
        decoder.close()

    def _decoded(
        self,
        decoder: BoundedDecoder,
        lane: Lane,
        records: Sequence[DataRecord],
        most: Sequence[int],
        allowed: frozenset[str],
    ) -> list[RecordContents]:
        pairs = [(record.data, record.partition_key) for record in records]
        ranges = self._hash_keys.get(lane.uid, {})
        # Only an aggregate has records that can be outside the range: Kinesis chose the shard by those of the others.
        hash_keys = [ranges.get(record.shard_id) if record.data.startswith(MAGIC) else None for record in records]
        kind_field = self._kind_fields.get(lane.uid)
        return decoder.decode(
            pairs,
            allowed,
            most=most,
            schemas=self._schemas.get(lane.uid, {}),
            hash_keys=hash_keys,
            observed=() if kind_field is None else lane.samples.places(len(pairs), monotonic_seconds()),
            kind_field=kind_field or (),
        )

    def _next(self) -> tuple[Lane, list[DataRecord], list[int]] | None:
        with self._changed:
            while not self._is_closed:
                now = monotonic_seconds()
                taken = self._queue.take(now)
                if taken is not None:
                    lane, records = taken
                    return lane, records, lane.rows.share(len(records), len(lane.waiting), now)
                self._changed.wait(_WAIT_SECONDS)
            return None

    def _give_back(self, lane: Lane, records: Sequence[DataRecord]) -> None:
        with self._changed:
            self._queue.finish(lane, records, has_ended=False, now=monotonic_seconds())
            lane.not_before = monotonic_seconds() + _UNAVAILABLE_SECONDS

    def _store(
        self,
        lane: Lane,
        records: Sequence[DataRecord],
        found: Sequence[RecordContents],
        mask_version: str,
        *,
        has_ended: bool,
    ) -> None:
        pairs = list(zip(records, found, strict=False))  # what is not in `found` was not reached
        rows = [row for record, contents in pairs for row in rows_of(record, contents, mask_version)]
        left = records[len(found) :] if found else ()
        with self._changed:
            dropped = self._queue.finish(lane, left, has_ended=has_ended, now=monotonic_seconds())
            if not self._queue.holds(lane):
                return
            lane.rows.spend(len(rows))
            late, lane.dropped = lane.dropped, 0
            finished = self._of(lane.uid)
            finished.rows += rows
            finished.observations += [each.observation for each in found if each.observation is not None]
            finished.record_count += sum(len(contents.listed) + contents.omitted for contents in found)
            finished.skipped_count += dropped + late + (0 if found else len(records))
            if has_ended and pairs:
                finished.ended.append(pairs[-1][0])
            self._changed.notify()
