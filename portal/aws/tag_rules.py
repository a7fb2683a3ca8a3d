"""AWS's rules for the tags of a data stream, and the tags that Sluice sets itself.

https://docs.aws.amazon.com/streams/latest/dev/tagging.html
"""

import re
from collections.abc import Mapping

_TAG_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")
MOST_TAGS = 50
OUR_TAGS = ("sluice:integration", "sluice:tenant", "managed-by")
MOST_OWN_TAGS = MOST_TAGS - len(OUR_TAGS)


def tag_problems(tags: Mapping[str, str]) -> list[str]:
    """Return a sentence for each problem of a stream's tags: AWS's rules, and the tags that Sluice sets itself."""
    problems = [problem for key, value in tags.items() if (problem := _tag_problem(key, value))]
    if len(tags) > MOST_OWN_TAGS:
        problems.append(
            f"A data stream can have {MOST_TAGS} tags. Sluice sets {len(OUR_TAGS)}, so you can set {MOST_OWN_TAGS}; "
            f"these are {len(tags)}."
        )
    return problems


def _tag_problem(key: str, value: str) -> str | None:
    called = f"the tag “{key[:40]}”"
    rules = (
        (not key, "A tag needs a key: write it as key = value."),
        (len(key) > 128, f"A tag's key has at most 128 characters; {called}… has {len(key)}."),
        (len(value) > 256, f"A tag's value has at most 256 characters; that of {called} has {len(value)}."),
        (key.lower().startswith("aws:"), f"Keys that begin with “aws:” are AWS's own; rename {called}."),
        (
            key in OUR_TAGS or key.startswith("sluice:"),
            f"Sluice sets {called} itself, to mark its resources; choose another key.",
        ),
        (
            not _TAG_CHARACTERS.fullmatch(key + value),
            f"A tag can contain letters, digits, spaces and _ . : / = + - @ only; check {called}.",
        ),
    )
    return next((sentence for broken, sentence in rules if broken), None)
