"""MiniStack's GetShardIterator, GetRecords and ListShards with AWS's limits of reading, which MiniStack does not have.

A shard answers five calls a second of each operation and 2 MiB a second; one answer of GetRecords has at most 10,000
records and 10 MiB. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
"""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import kinesis

from portal.local.emulator.shard_limits import THROTTLED, ReadLimits

MOST_RECORDS = 10_000
MOST_BYTES = 10 * 1_048_576
_TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Answer = tuple[int, dict[str, str], bytes]
_iterators, _reads = ReadLimits(), ReadLimits()
_filters: dict[str, Mapping[str, Any]] = {}
_get_shard_iterator = kinesis._get_shard_iterator
_get_records = kinesis._get_records
_list_shards = kinesis._list_shards


def get_shard_iterator(data: Mapping[str, Any]) -> _Answer:
    """Return an iterator, or answer that this was done five times for the shard in this second.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
    """
    _, stream = kinesis._resolve_stream(data)
    shard_id = data.get("ShardId", "")
    if stream and shard_id in stream["shards"] and not _iterators.admit((stream["StreamARN"], shard_id), time.time()):
        return _throttled(stream, shard_id)
    answer: _Answer = _get_shard_iterator(data)
    return answer


def get_records(data: Mapping[str, Any]) -> _Answer:
    """Return at most 10 MiB of records, or answer that the shard is read too often or too much."""
    limit = data.get("Limit", MOST_RECORDS)
    if not 1 <= limit <= MOST_RECORDS:
        return _error("ValidationException", f"Value '{limit}' at 'limit' is outside 1 to {MOST_RECORDS}.")
    iterator = str(data.get("ShardIterator", ""))
    if not _TOKEN.fullmatch(iterator):
        return _error("InvalidArgumentException", "Invalid ShardIterator.")
    state = kinesis._shard_iterators.get(iterator)
    stream = kinesis._streams.get(state["stream"]) if state else None
    if state is None or stream is None or state["shard_id"] not in stream["shards"]:
        unread: _Answer = _get_records(data)  # which answers that it has expired
        return unread
    shard = (stream["StreamARN"], state["shard_id"])
    if not _reads.admit(shard, time.time()):
        return _throttled(stream, state["shard_id"])
    count, size = _that_fit(stream["shards"][state["shard_id"]]["records"][state["position"] :][:limit])
    answer: _Answer = _get_records({**data, "Limit": max(1, count)})
    _reads.charge(shard, size, time.time())
    return answer


def list_shards(data: Mapping[str, Any]) -> _Answer:
    """Return the shards that a ShardFilter chooses; a NextToken keeps the filter of its first call.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html
    """
    chosen = data.get("ShardFilter") or _filters.get(data.get("NextToken") or "")
    found: _Answer = _list_shards(data)
    if found[0] != 200 or not chosen:
        return found
    answer = json.loads(found[2])
    _, stream = kinesis._resolve_stream(data)
    shards = stream["shards"] if stream else {}
    answer["Shards"] = [shard for shard in answer["Shards"] if _is_chosen(shard["ShardId"], shards, chosen)]
    if token := answer.get("NextToken"):
        _filters[token] = chosen
    return found[0], found[1], json.dumps(answer).encode()


def install() -> None:
    """Put it in place of MiniStack's own and of resharding's, for this process."""
    global _get_records  # noqa: PLW0603  (what was installed before)
    _get_records = kinesis._get_records
    kinesis._get_shard_iterator, kinesis._get_records = get_shard_iterator, get_records
    kinesis._list_shards = list_shards


def _that_fit(records: list[dict[str, Any]]) -> tuple[int, int]:
    """Return how many of the records fit into one answer, at least one, and how many bytes they have."""
    used = 0
    for count, record in enumerate(records):
        size = len(record["Data"]) * 3 // 4 + len(record["PartitionKey"].encode())
        if count and used + size > MOST_BYTES:
            return count, used
        used += size
    return len(records), used


def _is_chosen(shard_id: str, shards: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    shard, kind = shards[shard_id], chosen["Type"]
    if kind == "AFTER_SHARD_ID":
        return shard_id > str(chosen["ShardId"])
    if kind == "AT_LATEST":
        return "closed_at" not in shard
    at = float(chosen["Timestamp"]) if kind.endswith("TIMESTAMP") else 0.0
    was_open = shard.get("closed_at", at) >= at
    return was_open and (not kind.startswith("AT_") or _began_at(shard) <= at or kind == "AT_TRIM_HORIZON")


def _began_at(shard: Mapping[str, Any]) -> float:
    return int(shard["starting_sequence_number"][:20]) / 1000  # MiniStack's sequence numbers begin with the time


def _throttled(stream: Mapping[str, Any], shard_id: str) -> _Answer:
    name, account = stream["StreamName"], get_account_id()
    return _error(THROTTLED, f"Rate exceeded for shard {shard_id} in stream {name} under account {account}.")


def _error(code: str, message: str) -> _Answer:
    answer: _Answer = error_response_json(code, message, 400)
    return answer
