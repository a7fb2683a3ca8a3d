"""The topics of a stream's pages: one for each audience, and one for each audience of a filter of the live records."""

from collections.abc import Collection
from typing import NamedTuple

from monitoring.records.access import Audience
from portal import live

FORM = rf"[\w-]+:({'|'.join(Audience)})(:[0-9a-f]{{16}})?"


class StreamTopic(NamedTuple):
    """The parts of a topic `stream:<uid>:<audience>` or `stream:<uid>:<audience>:<key of a selection>`."""

    uid: str
    audience: str
    key: str = ""


def topic_of(uid: str, audience: str, key: str = "") -> str:
    """Return the topic of the pages that show a selection to an audience; without a key, all records."""
    return f"stream:{uid}:{audience}:{key}" if key else f"stream:{uid}:{audience}"


def parts_of(topic: str) -> StreamTopic:
    """Return the parts of a stream's topic."""
    _, *parts = topic.split(":")
    return StreamTopic(*parts)


def topics_of(uid: str, watched: Collection[str] | None = None) -> set[str]:
    """Return the topics of a stream's pages: those without a filter, and those with one that someone watches.

    `watched` are the topics with viewers, where the caller has read them.
    """
    selected = live.watched(f"stream:{uid}:") if watched is None else watched
    prefix = f"stream:{uid}:"
    return {topic_of(uid, each) for each in Audience} | {topic for topic in selected if topic.startswith(prefix)}
