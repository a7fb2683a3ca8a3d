"""Tags as people type them: a line each, `key = value`, or `{"key": "value"}` where that could be read otherwise."""

from collections import Counter
from collections.abc import Mapping

from portal import json_lines


def read(text: str) -> dict[str, str]:
    """Return the tags of a text; a line without “=” is a key with an empty value, the last of two equal keys counts.

    A key that holds “=” itself is set apart from its value by “ = ”, with spaces.
    """
    return dict(_pair(line) for line in text.splitlines() if line.strip())


def written(tags: Mapping[str, str]) -> str:
    """Return tags as lines; `read` reads them back."""
    return "\n".join(_written(key, value) for key, value in tags.items())


def repeated(text: str) -> list[str]:
    """Return the keys that are typed more than once."""
    counted = Counter(_pair(line)[0] for line in text.splitlines() if line.strip())
    return sorted(key for key, count in counted.items() if count > 1)


def _written(key: str, value: str) -> str:
    line = f"{key} = {value}".rstrip() if value else f"{key} ="
    is_read_back = len(line.splitlines()) == 1 and _pair(line) == (key, value)
    return line if is_read_back else json_lines.written({key: value})


def _pair(line: str) -> tuple[str, str]:
    if found := json_lines.pair(line):
        return found
    padded = f"{line} "
    key, _, value = padded.partition(" = " if " = " in padded else "=")
    return key.strip(), value.strip()
