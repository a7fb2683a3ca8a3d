"""MiniStack's shards as Kinesis keeps them: a shard that was split or merged is closed, and readable until it expires.

MiniStack forgets such a shard with its records. Here it keeps its records and gets an ending sequence number; what is
read from it ends with its child shards. https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import kinesis

_Answer = tuple[int, dict[str, str], bytes]
_Shards = dict[str, dict[str, Any]]
_shard_out = kinesis._shard_out
_get_records = kinesis._get_records
_expire_records = kinesis._expire_records


def open_shards(stream: Mapping[str, Any]) -> _Shards:
    """Return the shards that take records, in the order of their hash keys."""
    found = {shard_id: shard for shard_id, shard in stream["shards"].items() if "ending_sequence_number" not in shard}
    return dict(sorted(found.items(), key=lambda item: int(item[1]["starting_hash_key"])))


def reshard(stream: Mapping[str, Any], target: int) -> None:
    """Divide the hash keys evenly among so many shards, as UpdateShardCount does: by splits, then by merges."""
    starts = {int(start) for start, _ in kinesis._compute_hash_ranges(target)}
    for start in sorted(starts):
        for shard_id, shard in open_shards(stream).items():
            if int(shard["starting_hash_key"]) < start <= int(shard["ending_hash_key"]):
                _split(stream, shard_id, start)
    left = ""
    for shard_id, shard in open_shards(stream).items():
        left = shard_id if int(shard["starting_hash_key"]) in starts else _merge(stream, left, shard_id)


def split_shard(data: Mapping[str, Any]) -> _Answer:
    """Split an open shard in two. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html"""
    name, stream = kinesis._resolve_stream(data)
    if not stream:
        return _error("ResourceNotFoundException", f"Stream {name} not found")
    shard_id = data.get("ShardToSplit", "")
    if refusal := _refusal(stream, shard_id):
        return refusal
    shard, start = stream["shards"][shard_id], int(data.get("NewStartingHashKey") or 0)
    if not int(shard["starting_hash_key"]) < start <= int(shard["ending_hash_key"]):
        return _error("InvalidArgumentException", f"NewStartingHashKey {start} is not inside the shard's hash keys.")
    _split(stream, shard_id, start)
    return _answer({})


def merge_shards(data: Mapping[str, Any]) -> _Answer:
    """Merge two adjacent open shards. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html"""
    name, stream = kinesis._resolve_stream(data)
    if not stream:
        return _error("ResourceNotFoundException", f"Stream {name} not found")
    ids = [data.get("ShardToMerge", ""), data.get("AdjacentShardToMerge", "")]
    for shard_id in ids:
        if refusal := _refusal(stream, shard_id):
            return refusal
    first, second = sorted(ids, key=lambda shard_id: int(stream["shards"][shard_id]["starting_hash_key"]))
    ends = int(stream["shards"][first]["ending_hash_key"])
    if ends + 1 != int(stream["shards"][second]["starting_hash_key"]):
        return _error("InvalidArgumentException", f"Shards {first} and {second} are not adjacent.")
    _merge(stream, *ids)
    return _answer({})


def expire_records(stream: Mapping[str, Any]) -> None:
    """Forget records older than the retention period, and shards that were closed before it."""
    oldest = time.time() - stream["RetentionPeriodHours"] * 3600
    if any(shard["records"][0]["ApproximateArrivalTimestamp"] < oldest for shard in _filled(stream)):
        _expire_records(stream)  # which copies the lists of all records
    for shard_id in [key for key, shard in stream["shards"].items() if shard.get("closed_at", oldest) < oldest]:
        del stream["shards"][shard_id]


def get_records(data: Mapping[str, Any]) -> _Answer:
    """Return MiniStack's records; the end of a closed shard has no next iterator but child shards.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
    """
    before = kinesis._shard_iterators.get(data.get("ShardIterator"))
    found: _Answer = _get_records(data)
    if found[0] != 200 or before is None:
        return found
    stream, answer = kinesis._streams[before["stream"]], json.loads(found[2])
    shard = stream["shards"][before["shard_id"]]
    if "ending_sequence_number" in shard:
        position = kinesis._shard_iterators[answer["NextShardIterator"]]["position"]
        if position >= len(shard["records"]):
            del kinesis._shard_iterators[answer.pop("NextShardIterator")]
            answer["ChildShards"] = _children(stream, before["shard_id"])
    return _answer(answer)


def shard_out(shard_id: str, shard: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shard as ListShards does, a closed one with its ending sequence number."""
    found: dict[str, Any] = _shard_out(shard_id, shard)
    if "ending_sequence_number" in shard:
        found["SequenceNumberRange"]["EndingSequenceNumber"] = shard["ending_sequence_number"]
    return found


def route_to_shard(hash_key: int, stream: Mapping[str, Any]) -> str:
    """Return the open shard that takes a hash key."""
    for shard_id, shard in open_shards(stream).items():
        if int(shard["starting_hash_key"]) <= hash_key <= int(shard["ending_hash_key"]):
            return shard_id
    raise ValueError(f"no open shard takes the hash key {hash_key}")


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    kinesis._split_shard, kinesis._merge_shards = split_shard, merge_shards
    kinesis._expire_records, kinesis._get_records = expire_records, get_records
    kinesis._shard_out, kinesis._route_to_shard = shard_out, route_to_shard


def _split(stream: Mapping[str, Any], shard_id: str, start: int) -> None:
    shard = stream["shards"][shard_id]
    first, last = int(shard["starting_hash_key"]), int(shard["ending_hash_key"])
    _close(shard)
    _add(stream, first, start - 1, shard_id)
    _add(stream, start, last, shard_id)


def _merge(stream: Mapping[str, Any], shard_id: str, adjacent_id: str) -> str:
    both = [stream["shards"][shard_id], stream["shards"][adjacent_id]]
    for shard in both:
        _close(shard)
    first = min(int(shard["starting_hash_key"]) for shard in both)
    last = max(int(shard["ending_hash_key"]) for shard in both)
    return _add(stream, first, last, shard_id, adjacent_id)


def _add(stream: Mapping[str, Any], first: int, last: int, parent: str, adjacent: str | None = None) -> str:
    shard_id = f"shardId-{kinesis._max_shard_index(stream) + 1:012d}"
    stream["shards"][shard_id] = {
        "records": [],
        "starting_hash_key": str(first),
        "ending_hash_key": str(last),
        "starting_sequence_number": kinesis._next_sequence_number(),
        "parent_shard_id": parent,
        "adjacent_parent_shard_id": adjacent,
    }
    return shard_id


def _close(shard: dict[str, Any]) -> None:
    shard["ending_sequence_number"], shard["closed_at"] = kinesis._next_sequence_number(), time.time()


def _filled(stream: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [shard for shard in stream["shards"].values() if shard["records"]]


def _children(stream: Mapping[str, Any], parent: str) -> list[dict[str, Any]]:
    found = {
        shard_id: [name for name in (shard["parent_shard_id"], shard["adjacent_parent_shard_id"]) if name]
        for shard_id, shard in stream["shards"].items()
    }
    return [
        {
            "ShardId": shard_id,
            "ParentShards": parents,
            "HashKeyRange": kinesis._shard_out(shard_id, stream["shards"][shard_id])["HashKeyRange"],
        }
        for shard_id, parents in found.items()
        if parent in parents
    ]


def _refusal(stream: Mapping[str, Any], shard_id: str) -> _Answer | None:
    if shard_id not in stream["shards"]:
        return _error("ResourceNotFoundException", f"Could not find shard {shard_id}.")
    if "ending_sequence_number" in stream["shards"][shard_id]:
        return _error("InvalidArgumentException", f"Shard {shard_id} is not open.")
    return None


def _error(code: str, message: str) -> _Answer:
    answer: _Answer = error_response_json(code, message, 400)
    return answer


def _answer(plain: Mapping[str, Any]) -> _Answer:
    answer: _Answer = json_response(plain)
    return answer
