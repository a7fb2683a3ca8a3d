"""The lease table of an application of the Kinesis Client Library: which of its workers reads which shard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

# A shard's ID, or with several streams account:stream:creation:shard. The library keeps other rows in the table too.
# https://docs.aws.amazon.com/streams/latest/dev/kcl-dynamoDB.html
_LEASE_KEY = re.compile(r"(?:\d{12}:(?P<stream>[A-Za-z0-9_.-]{1,128}):\d+:)?(?P<shard>shardId-\d{12})")
_MOST_PAGES = 4  # of 1 MiB each
ENDED = "SHARD_END"


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease of a shard; `owner` is the worker that has it, or "" without one, `checkpoint` the last record processed.

    `stream` is named where the application reads several.
    """

    shard_id: str
    stream: str
    owner: str
    checkpoint: str

    @property
    def has_ended(self) -> bool:
        """Return whether the shard is closed and was read to its end."""
        return self.checkpoint == ENDED


def leases_of(aws: AwsSession, table: str, *, most: int) -> tuple[list[Lease], bool]:
    """Return up to `most` leases from the first four pages of a table, and whether it may have more. Raises AwsFault.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
    """
    found, more = list[Lease](), dict[str, Any]()
    for _ in range(_MOST_PAGES):
        answer = call(
            aws,
            "dynamodb",
            "Scan",
            TableName=table,
            Limit=most,
            ProjectionExpression="leaseKey, leaseOwner, #at",
            ExpressionAttributeNames={"#at": "checkpoint"},
            **more,
        )
        found += [lease for raw in answer["Items"] if (lease := _lease(raw)) is not None]
        if not answer.get("LastEvaluatedKey"):
            return found[:most], len(found) > most
        if len(found) >= most:
            break
        more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    return found[:most], True


def _lease(raw: Mapping[str, Any]) -> Lease | None:
    key = _LEASE_KEY.fullmatch(_text(raw, "leaseKey"))
    if key is None:
        return None
    return Lease(key["shard"], key["stream"] or "", _text(raw, "leaseOwner"), _text(raw, "checkpoint"))


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return str(value.get("S", "")) if isinstance(value, Mapping) else ""
