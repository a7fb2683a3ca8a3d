"""MiniStack's GetShardIterator with what Kinesis rejects: places that are not in the shard, and times to come.

MiniStack accepts any sequence number, compares it as text, and reads from where it would be. The texts are Kinesis's.
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
"""

import re
import time
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import kinesis

_Answer = tuple[int, dict[str, str], bytes]
_BY_NUMBER = {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}
_KINDS = {*_BY_NUMBER, "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"}
_DIGITS = re.compile(r"\d{1,129}")
_MUST = (
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
    "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified"
)
_get_shard_iterator = kinesis._get_shard_iterator


def get_shard_iterator(data: Mapping[str, Any]) -> _Answer:
    """Return an iterator for a place that is in the shard."""
    _, stream = kinesis._resolve_stream(data)
    shard_id = str(data.get("ShardId", ""))
    if stream is not None and (problem := _problem(stream, shard_id, data)):
        rejected: _Answer = error_response_json(problem[0], problem[1], 400)
        return rejected
    answer: _Answer = _get_shard_iterator(data)
    return answer


def install() -> None:
    """Put it in front of what is installed for GetShardIterator, for this process."""
    global _get_shard_iterator  # noqa: PLW0603  (what was installed before)
    _get_shard_iterator = kinesis._get_shard_iterator
    kinesis._get_shard_iterator = get_shard_iterator


def _problem(stream: Mapping[str, Any], shard_id: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    kind, number = str(data.get("ShardIteratorType", "")), data.get("StartingSequenceNumber")
    place = f"shard {shard_id} in stream {stream['StreamName']} under account {get_account_id()}"
    if kind not in _KINDS:
        return "ValidationException", f"Value '{kind}' at 'shardIteratorType' is not one of the enum."
    if shard_id not in stream["shards"]:
        return "ResourceNotFoundException", f"Shard{place.removeprefix('shard')} does not exist"
    if kind == "AT_TIMESTAMP":
        return _problem_of_time(data.get("Timestamp"))
    if (kind in _BY_NUMBER) is (number is None):
        end = "no" if number is None else "also a"
        return "InvalidArgumentException", f"{_MUST} {kind} and {end} StartingSequenceNumber."
    if number is None:
        return None
    used = f"StartingSequenceNumber {number} used in GetShardIterator on {place} is invalid"
    if not _DIGITS.fullmatch(str(number)):
        return "InvalidArgumentException", f"{used}."
    other = next((name for name, shard in stream["shards"].items() if _has(shard, str(number))), shard_id)
    if other != shard_id:
        encodes = f"Invalid StartingSequenceNumber. It encodes {other}, while it was used in a call to a shard with"
        return "InvalidArgumentException", f"{encodes} {shard_id}"
    if not _is_within(stream["shards"][shard_id], int(number)):
        return "InvalidArgumentException", f"{used} because it did not come from this stream."
    return None


def _problem_of_time(timestamp: object) -> tuple[str, str] | None:
    if timestamp is None:
        return "InvalidArgumentException", "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP."
    if isinstance(timestamp, int | float) and timestamp > time.time() + 1:
        text = "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis"
        return "InvalidArgumentException", text
    return None


def _is_within(shard: Mapping[str, Any], number: int) -> bool:
    """Tell whether the shard gave the number to a record, which may have expired, or could have."""
    last = shard.get("ending_sequence_number")
    return int(shard["starting_sequence_number"]) <= number and (last is None or number <= int(last))


def _has(shard: Mapping[str, Any], number: str) -> bool:
    return any(record["SequenceNumber"] == number for record in shard["records"])
