"""`python -m tests.bench.full_shards PORT SHARDS KIND BACKLOG_SECONDS`: shards that receive as much as they accept.

An AWS of three operations, whose records need no memory: each shard has 1,000 records of 1 KB for each second since the
start of its backlog, for as long as it runs. It has the read limits of the emulator. It writes "ready" when it listens.
"""

import base64
import gzip
import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from portal.local.emulator.shard_limits import RECORDS_PER_SECOND, THROTTLED, ReadLimits

RECORD_BYTES = 1000
POOL = 500
MOST_RECORDS, MOST_BYTES = 10_000, 10 * 1_048_576
RARE_FIRST, RARE_EVERY, RARE_KEY = 30_000, 60_000, "rare"  # the records with a partition key of their own
INSIDE = 40  # records in a KPL aggregate: as many bytes of a shard as 1,000 single ones
MAGIC = b"\xf3\x89\x9a\xc2"


def reading(number: int) -> bytes:
    """Return a record of 1 KB as sensors send it."""
    samples = [{"t": 20 + (number + at) % 90 / 10, "h": 40 + at % 20, "co2": 400 + 7 * at} for at in range(20)]
    body = {"device": f"room-{number % 512:04}", "where": {"floor": number % 9, "room": "3.14"}, "samples": samples}
    text = json.dumps(body).encode()
    return text[:-1] + b', "note": "' + b"x" * max(0, RECORD_BYTES - len(text) - 12) + b'"}'


def aggregate(number: int) -> bytes:
    """Return an aggregate of the Kinesis Producer Library with records of 1 KB."""
    body = _field(1, b"k") + b"".join(_field(3, b"\x08\x00" + _field(3, reading(number + at))) for at in range(INSIDE))
    return MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()


KINDS = {"json": reading, "gzip": lambda number: gzip.compress(reading(number)), "kpl": aggregate}


class Shards:
    """What the shards hold: record n of each arrived n ÷ rate seconds after the beginning."""

    def __init__(self, count: int, kind: str, backlog: float) -> None:
        self.names = [f"shardId-{number:012d}" for number in range(count)]
        self.rate = RECORDS_PER_SECOND / INSIDE if kind == "kpl" else RECORDS_PER_SECOND
        self.began = time.time() - backlog
        self.limits = ReadLimits()
        data = [KINDS[kind](number) for number in range(POOL)]
        self.sizes = [len(record) for record in data]
        self.texts = [base64.b64encode(record).decode() for record in data]

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, str]:
        """Return status and body of a call."""
        if operation == "ListShards":
            return 200, json.dumps({"Shards": [_listed(name) for name in self.names]})
        if operation == "GetShardIterator":
            return 200, json.dumps({"ShardIterator": f"{request['ShardId']}/{self._position(request)}"})
        shard, _, position = request["ShardIterator"].partition("/")
        return self._records(shard, int(position), int(request.get("Limit", MOST_RECORDS)))

    def _position(self, request: dict[str, Any]) -> int:
        kind = request["ShardIteratorType"]
        if kind == "AT_TIMESTAMP":
            return max(0, round((float(request["Timestamp"]) - self.began) * self.rate))
        if kind == "LATEST":
            return self._end()
        return int(request["StartingSequenceNumber"]) + (kind == "AFTER_SEQUENCE_NUMBER") if kind[0] == "A" else 0

    def _end(self) -> int:
        return int((time.time() - self.began) * self.rate)

    def _records(self, shard: str, position: int, limit: int) -> tuple[int, str]:
        if not self.limits.admit(shard, time.time()):
            return 400, json.dumps({"__type": THROTTLED, "message": f"Rate exceeded for shard {shard}"})
        end, size, parts = min(self._end(), position + limit), 0, []
        for number in range(position, end):
            place = number % POOL
            if size + self.sizes[place] > MOST_BYTES:
                break
            size += self.sizes[place]
            at = self.began + number / self.rate
            parts.append(
                f'{{"SequenceNumber":"{number}","ApproximateArrivalTimestamp":{at:.3f},'
                f'"PartitionKey":"{_key(number)}","Data":"{self.texts[place]}"}}'
            )
        following = position + len(parts)
        self.limits.charge(shard, size, time.time())
        left = time.time() - (self.began + following / self.rate)
        behind = round(1000 * max(0.0, left)) if following < self._end() else 0
        head = f'"NextShardIterator":"{shard}/{following}","MillisBehindLatest":{behind}'
        return 200, f'{{"Records":[{",".join(parts)}],{head}}}'


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    shards: ClassVar[Shards]

    def do_POST(self) -> None:
        """Answer a call."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, text = self.shards.answer(self.headers["X-Amz-Target"].rpartition(".")[2], request)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _key(number: int) -> str:
    return RARE_KEY if number % RARE_EVERY == RARE_FIRST else f"key-{number % POOL}"


def _listed(name: str) -> dict[str, Any]:
    return {
        "ShardId": name,
        "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "1"},
        "SequenceNumberRange": {"StartingSequenceNumber": "0"},
    }


def _field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


if __name__ == "__main__":
    Handler.shards = Shards(int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        print("ready", flush=True)
        server.serve_forever()
