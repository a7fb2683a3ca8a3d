"""A registered consumer of the data stream, which reads by enhanced fan-out: with throughput of its own.

https://docs.aws.amazon.com/streams/latest/dev/enhanced-consumers.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.messages.message import Message

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
LONGEST_NAME = 128
_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
# On-demand streams of the account setting On-demand Standard have 20 too: AWS decides, because no spec names it.
MOST_CONSUMERS = {"PROVISIONED": 20, "ON_DEMAND": 50}
MOST_STANDARD = 20


@dataclass(frozen=True, slots=True)
class FanOutConsumer:
    """A consumer that Sluice registers with the data stream; its name is unique in the stream."""

    name: str


def most_consumers(mode: str) -> int:
    """Return how many consumers AWS registers with a stream of a capacity mode, at most."""
    return MOST_CONSUMERS.get(mode, MOST_STANDARD)


def fan_out_problems(consumers: Sequence[FanOutConsumer], *, mode: str) -> Iterator[tuple[str, Message]]:
    """Yield (path within the list, message) for what AWS would refuse; `mode` is the stream's capacity mode."""
    if len(consumers) > (most := most_consumers(mode)):
        yield "", Message("fan_out.too_many", limit_count=most)
    for position, consumer in enumerate(consumers):
        if not _NAME.fullmatch(consumer.name):
            yield f"{position}.name", Message("fan_out.name")
        elif consumer in consumers[:position]:
            yield f"{position}.name", Message("fan_out.name_twice", name=consumer.name)
