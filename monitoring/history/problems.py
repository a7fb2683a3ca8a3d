"""Why a page could not be read, as a message for the person who requested it."""

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message

_LIST_SHARDS = "kinesis:ListShards"


def problem_of(fault: AwsFault) -> Message:
    """Return what happened; the codes and texts are Kinesis's own.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
    """
    if fault.code == "InvalidArgumentException":
        return _of_position(fault.aws_text)
    if fault.kind is FaultKind.NOT_FOUND:
        is_stream = fault.operation == _LIST_SHARDS or not fault.aws_text.startswith("Shard ")
        return Message("history.stream_deleted") if is_stream else Message("history.shard_expired")
    if fault.kind is FaultKind.DENIED:
        return Message("history.denied", operation=fault.operation, reason=fault.message)
    return Message("history.not_read", reason=fault.message)


def _of_position(aws_text: str) -> Message:
    if "did not come from this stream" in aws_text:
        return Message("history.other_stream")
    if "It encodes" in aws_text:
        return Message("history.other_shard")
    if "timestamp" in aws_text.lower():
        return Message("history.in_the_future")
    return Message("history.position_rejected")
