"""The shards of a data stream, and where reading begins in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard; while `ending_sequence_number` is None it is open and takes records."""

    shard_id: str
    parent_shard_id: str | None
    adjacent_parent_shard_id: str | None
    starting_hash_key: int
    ending_hash_key: int
    starting_sequence_number: str
    ending_sequence_number: str | None

    @property
    def is_open(self) -> bool:
        """Whether the shard takes new records."""
        return self.ending_sequence_number is None


def list_shards(aws: AwsSession, name: str, *, since: datetime | None = None) -> list[Shard]:
    """Return every shard of a data stream within its retention period, the closed ones too.

    With `since` only those that are open, or were at that moment or later.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
    """
    shards: list[Shard] = []
    request: dict[str, Any] = {"StreamName": name}
    if since is not None:
        request["ShardFilter"] = {"Type": "FROM_TIMESTAMP", "Timestamp": since}
    while True:
        answer = call(aws, "kinesis", "ListShards", **request)
        shards += [_shard(raw) for raw in answer["Shards"]]
        if not answer.get("NextToken"):
            return shards
        request = {"NextToken": answer["NextToken"]}  # AWS refuses the name beside the token


def shard_iterator(
    aws: AwsSession,
    name: str,
    shard_id: str,
    *,
    kind: str = "LATEST",
    sequence_number: str | None = None,
    timestamp: datetime | None = None,
) -> str:
    """Return a place in a shard to read from, good for five minutes.

    `kind` is LATEST, TRIM_HORIZON, AT_TIMESTAMP (with `timestamp`), AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
    """
    request: dict[str, Any] = {"StreamName": name, "ShardId": shard_id, "ShardIteratorType": kind}
    if sequence_number is not None:
        request["StartingSequenceNumber"] = sequence_number
    if timestamp is not None:
        request["Timestamp"] = timestamp
    return str(call(aws, "kinesis", "GetShardIterator", **request)["ShardIterator"])


def _shard(raw: Mapping[str, Any]) -> Shard:
    return Shard(
        shard_id=raw["ShardId"],
        parent_shard_id=raw.get("ParentShardId"),
        adjacent_parent_shard_id=raw.get("AdjacentParentShardId"),
        starting_hash_key=int(raw["HashKeyRange"]["StartingHashKey"]),
        ending_hash_key=int(raw["HashKeyRange"]["EndingHashKey"]),
        starting_sequence_number=raw["SequenceNumberRange"]["StartingSequenceNumber"],
        ending_sequence_number=raw["SequenceNumberRange"].get("EndingSequenceNumber"),
    )
