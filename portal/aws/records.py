"""The records of a data stream: putting and getting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

MOST_RECORDS_A_CALL = 500
MOST_RECORDS_READ = 10_000


@dataclass(frozen=True, slots=True)
class DataRecord:
    """A data record that was read."""

    sequence_number: str
    arrived_at: datetime
    partition_key: str
    data: bytes
    shard_id: str


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """One answer of GetRecords; `next_iterator` is None when a closed shard is read to its end.

    `millis_behind_latest` is how far the answer is behind the newest record of the shard; 0 when nothing more waits.
    """

    records: tuple[DataRecord, ...]
    next_iterator: str | None
    millis_behind_latest: int


@dataclass(frozen=True, slots=True)
class PutReceipt:
    """Where a record was put."""

    shard_id: str
    sequence_number: str


def put_record(aws: AwsSession, stream_name: str, *, data: bytes, partition_key: str) -> PutReceipt:
    """Put one record, at most 1 MiB with its partition key.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
    """
    answer = call(aws, "kinesis", "PutRecord", StreamName=stream_name, Data=data, PartitionKey=partition_key)
    return PutReceipt(shard_id=answer["ShardId"], sequence_number=answer["SequenceNumber"])


def put_records(aws: AwsSession, stream_name: str, entries: Sequence[tuple[bytes, str]]) -> list[bool]:
    """Put records of (data, partition key), 500 to a call; return for each whether it was taken. The rest: send again.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
    """
    taken: list[bool] = []
    for start in range(0, len(entries), MOST_RECORDS_A_CALL):
        some = entries[start : start + MOST_RECORDS_A_CALL]
        batch = [{"Data": data, "PartitionKey": partition_key} for data, partition_key in some]
        answer = call(aws, "kinesis", "PutRecords", StreamName=stream_name, Records=batch)
        taken += ["ErrorCode" not in result for result in answer["Records"]]
    return taken


def get_records(aws: AwsSession, iterator: str, shard_id: str, *, limit: int = 1000) -> RecordBatch:
    """Read on from an iterator of a shard: up to `limit` records, and 10 MiB.

    A shard answers five calls and 2 MiB a second, shared by all who read. Raises AwsFault (THROTTLED beyond that,
    INVALID with code ExpiredIteratorException).
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
    """
    answer = call(aws, "kinesis", "GetRecords", ShardIterator=iterator, Limit=limit)
    return RecordBatch(
        records=tuple(_record(raw, shard_id) for raw in answer["Records"]),
        next_iterator=answer.get("NextShardIterator") or None,
        millis_behind_latest=answer.get("MillisBehindLatest", 0),
    )


def _record(raw: Mapping[str, Any], shard_id: str) -> DataRecord:
    return DataRecord(
        sequence_number=raw["SequenceNumber"],
        arrived_at=raw["ApproximateArrivalTimestamp"],
        partition_key=raw["PartitionKey"],
        data=raw["Data"],
        shard_id=shard_id,
    )
