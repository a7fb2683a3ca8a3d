"""What a record costs, decoded, masked and as rows, beside json.loads and json.dumps of the same bytes.

On one core, in this process. Other work on the machine slows both, and the best of many rounds counts.
"""

import gzip
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from monitoring.records.record_contents import contents_of
from monitoring.records.record_row import rows_of
from portal.aws.records import DataRecord
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement
from tests.monitoring.decode.test_decoder_chain import kpl

ROUNDS, CALLS = 300, 5
AGGREGATED = 8
READING = {
    "device": "hvac-17",
    "where": {"building": "north", "floor": 3, "room": "3.14"},
    "samples": [{"at": f"2026-11-28T10:00:{second:02d}Z", "celsius": 21.5, "open": False} for second in range(14)],
    "firmware": "4.2.1",
}


def ratios(_machine: Machine, _seconds: float) -> list[Measurement]:
    """Measure a record of 1 KB as JSON, as gzip, and as one of eight in a KPL aggregate."""
    text = json.dumps(READING).encode()
    packed, aggregate = gzip.compress(text), kpl(*[("bldg-7", text)] * AGGREGATED)
    return [
        _ratio("JSON", text, lambda: _rewritten(text), 0.4),
        _ratio("gzip", packed, lambda: _rewritten(gzip.decompress(packed)), 0.5),
        _ratio("KPL", aggregate, lambda: [_rewritten(text) for _ in range(AGGREGATED)], 0.6),
    ]


def _ratio(name: str, data: bytes, alone: Callable[[], object], least: float) -> Measurement:
    record = DataRecord("1", datetime.now(UTC), "bldg-7", data, "shardId-000000000000")
    pairs = [(_seconds(alone), _seconds(lambda: _read(record))) for _ in range(ROUNDS)]
    best = min(json_alone for json_alone, _ in pairs) / min(read for _, read in pairs)
    # The table compares with what must not be exceeded, so the cost is written and not the speed.
    note = f"{best:.2f} of the speed of json.loads + json.dumps; at least {least}"
    return Measurement(f"decoding and rows ÷ JSON alone, {name}", 1 / best, 1 / least, "times", note)


def _read(record: DataRecord) -> None:
    rows_of(record, contents_of(record.data, record.partition_key))


def _rewritten(text: bytes) -> str:
    return json.dumps(json.loads(text))


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - began) / CALLS
