"""MiniStack's Kinesis with what it forgets: the tags of CreateStream."""

from collections.abc import Mapping
from typing import Any

from ministack.services import kinesis

_Answer = tuple[int, dict[str, str], bytes]
_create_stream = kinesis._create_stream


def create_stream(data: Mapping[str, Any]) -> _Answer:
    """Create a stream with its tags, in one call.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
    """
    answer: _Answer = _create_stream(data)
    if answer[0] == 200:
        kinesis._streams[data["StreamName"]]["tags"].update(data.get("Tags") or {})
    return answer


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    kinesis._create_stream = create_stream
