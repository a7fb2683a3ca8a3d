"""CloudTrail's event history of one data stream: what was changed, and what was denied.

Management events of the last 90 days. PutRecord, PutRecords, GetRecords, GetShardIterator and SubscribeToShard are data
events, which the event history does not have, so a denied read or write of records is not among them.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

_PAGE = 50
_SOURCE = {"AttributeKey": "EventSource", "AttributeValue": "kinesis.amazonaws.com"}


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event about a stream: a change, or a call that failed.

    `who` is the user, or the role and its session, `arn` its ARN; `aws_text` is AWS's own text of an error, up to 1 KB.
    """

    id: str
    at: datetime
    operation: str
    who: str
    arn: str
    source_address: str
    error_code: str
    aws_text: str

    @property
    def is_denied(self) -> bool:
        """Return whether a policy denied the call."""
        return "AccessDenied" in self.error_code or "Unauthorized" in self.error_code


@dataclass(frozen=True, slots=True)
class StreamHistory:
    """Events newest first. `is_whole` unless there are more pages; then `read_to` is how far back was read."""

    events: tuple[StreamEvent, ...]
    is_whole: bool
    read_to: datetime | None


def stream_history(
    aws: AwsSession, stream_name: str, stream_arn: str, *, since: datetime, most_pages: int, pace: Callable[[], None]
) -> StreamHistory:
    """Return the changes of a stream, and the failed calls about it, since a time; raises AwsFault.

    LookupEvents takes one attribute, so the pages have all of Kinesis in the Region, also reads, and what is about
    another stream is passed over. At most so many pages of 50 are read, the newest first; `pace` is called before each:
    AWS allows two calls a second for an account and Region.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    found, more, oldest = list[StreamEvent](), dict[str, Any](), None
    begin = since.replace(microsecond=0)  # times of events are whole seconds
    for _ in range(most_pages):
        pace()
        answer = call(
            aws, "cloudtrail", "LookupEvents", LookupAttributes=[_SOURCE], StartTime=begin, MaxResults=_PAGE, **more
        )
        rows = answer.get("Events", ())
        found += [event for raw in rows if (event := _event(raw, stream_name, stream_arn))]
        oldest = rows[-1]["EventTime"] if rows else oldest
        if not answer.get("NextToken"):
            return StreamHistory(tuple(found), is_whole=True, read_to=begin)
        more = {"NextToken": answer["NextToken"]}
    return StreamHistory(tuple(found), is_whole=False, read_to=oldest)


def _event(raw: Mapping[str, Any], stream_name: str, stream_arn: str) -> StreamEvent | None:
    detail = _detail(raw)
    code, text = str(detail.get("errorCode") or ""), str(detail.get("errorMessage") or "")
    is_read = str(raw.get("ReadOnly", "")).lower() == "true"
    if (is_read and not code) or not _is_about(detail, text, stream_name, stream_arn):
        return None
    identity = _mapping(detail.get("userIdentity"))
    arn = str(identity.get("arn") or "")
    service = str(identity.get("invokedBy") or "")
    return StreamEvent(
        id=str(raw.get("EventId", "")),
        at=raw["EventTime"],
        operation=str(raw.get("EventName", "")),
        who=service or _who(arn) or str(raw.get("Username") or ""),
        arn=arn,
        source_address=str(detail.get("sourceIPAddress") or ""),
        error_code=code,
        aws_text=text[:1024],
    )


def _detail(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(raw.get("CloudTrailEvent") or "{}"))
    except ValueError:
        return {}


def _is_about(detail: Mapping[str, Any], text: str, stream_name: str, stream_arn: str) -> bool:
    """A denied call has no parameters: AWS's text then names the stream."""
    given = _mapping(detail.get("requestParameters"))
    named = {str(given.get(key) or "") for key in ("streamName", "StreamName")}
    arns = [
        str(given.get(key) or "") for key in ("streamARN", "StreamARN", "resourceARN", "ResourceARN", "consumerARN")
    ]
    about = [*arns, *(word.rstrip(".,;") for word in text.split())]
    return stream_name in named or any(arn == stream_arn or arn.startswith(f"{stream_arn}/consumer/") for arn in about)


def _who(arn: str) -> str:
    resource = arn.rpartition(":")[2]
    kind, _, name = resource.partition("/")
    return name if kind == "assumed-role" else resource.rpartition("/")[2]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
