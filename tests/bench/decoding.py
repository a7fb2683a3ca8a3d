"""Decoding: how many records a second the tap's decoder processes read, and what a record costs the tap itself."""

import gzip
import json
import time
from collections.abc import Callable

from django.utils import timezone

from monitoring.tap.decoder_pool import DecoderPool
from portal.aws.records import DataRecord
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement

BATCHES = 10
RECORDS = 500  # a read of a busy shard
READING = {"device": "leak-0412", "where": {"floor": 3, "room": "3.14"}, "samples": [{"t": 21.6}, {"t": 21.7}]}


def decoding(_machine: Machine, _seconds: float) -> list[Measurement]:
    """Measure two tenants' records, plain JSON and gzip, in two decoder processes."""
    pool = DecoderPool(2)
    try:
        _decode(pool, _records(bytes), 1)  # the processes start with the first use
        return [*_measurements(pool, "JSON", _records(bytes)), *_measurements(pool, "gzip", _records(gzip.compress))]
    finally:
        pool.close()


def _measurements(pool: DecoderPool, name: str, records: list[DataRecord]) -> list[Measurement]:
    computed, began = time.process_time(), time.monotonic()
    _decode(pool, records, BATCHES)
    took, own = time.monotonic() - began, time.process_time() - computed
    count = 2 * BATCHES * RECORDS
    return [
        Measurement(f"records decoded a second by two processes, {name}", count / took, None),
        Measurement(f"processor time of the tap itself for a record, {name}", 1e6 * own / count, None, "µs"),
    ]


def _decode(pool: DecoderPool, records: list[DataRecord], batches: int) -> None:
    for _ in range(batches):
        for tenant in ("first", "second"):
            pool.submit(tenant, tenant, records)
        while pool.waiting("first") or pool.waiting("second"):
            time.sleep(0.002)
        pool.finished("first"), pool.finished("second")


def _records(pack: Callable[[bytes], bytes]) -> list[DataRecord]:
    readings = (json.dumps(READING | {"number": number}).encode() for number in range(RECORDS))
    return [
        DataRecord(str(number), timezone.now(), "k", pack(data), "shardId-000000000000")
        for number, data in enumerate(readings)
    ]
