"""MQTT topics and topic filters, by AWS IoT Core's limits.

https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
"""

import re

from portal.messages.message import Message

LONGEST_TOPIC = 256  # bytes in UTF-8
MOST_LEVELS = 8  # seven slashes
# Of a prefix, so that devices keep levels of their own below their name.
MOST_PREFIX_LEVELS = 4
LONGEST_PREFIX = 80
_LEVEL = re.compile(r"[a-zA-Z0-9:_-]+")


def prefix_problem(prefix: str) -> Message | None:
    """Return what is wrong with the first levels of devices' topics, such as sluice-lobby/sensors; None: nothing."""
    levels = prefix.split("/")
    if len(prefix) > LONGEST_PREFIX or len(levels) > MOST_PREFIX_LEVELS:
        return Message("topic.prefix_too_long", most=LONGEST_PREFIX, level_count=MOST_PREFIX_LEVELS)
    if not all(_LEVEL.fullmatch(level) for level in levels):
        return Message("topic.prefix_characters")
    return None


def filter_problem(topic_filter: str) -> Message | None:
    """Return what is wrong with a topic filter; None: nothing."""
    levels = topic_filter.split("/")
    if not topic_filter or "\0" in topic_filter or topic_filter.startswith("$"):
        return Message("topic.filter_reserved")
    if len(topic_filter.encode()) > LONGEST_TOPIC or len(levels) > MOST_LEVELS:
        return Message("topic.filter_too_long", most=LONGEST_TOPIC, level_count=MOST_LEVELS)
    if any("#" in level for level in levels[:-1]) or ("#" in levels[-1] and levels[-1] != "#"):
        return Message("topic.hash_not_last")
    if any("+" in level and level != "+" for level in levels):
        return Message("topic.plus_with_text")
    return None


def matches(topic_filter: str, topic: str) -> bool:
    """Return whether a topic is among those of a filter."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in {"+", levels[place]}:
            return False
    return len(wanted) == len(levels)
