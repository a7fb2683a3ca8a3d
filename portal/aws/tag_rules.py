"""AWS's rules for the tags of a data stream, and the tags that Sluice sets itself.

https://docs.aws.amazon.com/streams/latest/dev/tagging.html
"""

import re
from collections.abc import Mapping

from portal.messages.message import Message

_TAG_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")
MOST_TAGS = 50
OUR_TAGS = ("sluice:integration", "sluice:tenant", "managed-by")
MOST_OWN_TAGS = MOST_TAGS - len(OUR_TAGS)


def tag_problems(tags: Mapping[str, str]) -> list[Message]:
    """Return a message for each problem of a stream's tags: AWS's rules, and the tags that Sluice sets itself."""
    problems = [problem for key, value in tags.items() if (problem := _tag_problem(key, value))]
    if len(tags) > MOST_OWN_TAGS:
        limits = {"limit": MOST_TAGS, "own": len(OUR_TAGS), "left": MOST_OWN_TAGS}
        problems.append(Message("tag.too_many", given=len(tags), **limits))
    return problems


def _tag_problem(key: str, value: str) -> Message | None:
    shown = key[:40]
    rules = (
        (not key, Message("tag.key_missing")),
        (len(key) > 128, Message("tag.key_too_long", key=shown, length=len(key))),
        (len(value) > 256, Message("tag.value_too_long", key=shown, length=len(value))),
        (key.lower().startswith("aws:"), Message("tag.reserved_by_aws", key=shown)),
        (key in OUR_TAGS or key.startswith("sluice:"), Message("tag.set_by_sluice", key=shown)),
        (not _TAG_CHARACTERS.fullmatch(key + value), Message("tag.characters", key=shown)),
    )
    return next((message for broken, message in rules if broken), None)
