"""Firehose's prefix expressions: what a prefix becomes at a given moment, and what is wrong with it.

https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from portal.messages.message import Message

# Bounded, so that many openings without an end are not each searched to the end of the text.
_EXPRESSION = re.compile(r"!\{([^}]{0,512})\}")
# The pattern letters of Java's DateTimeFormatter that make sense in a folder name, longest first.
_LETTERS = {
    "yyyy": "%Y",
    "YYYY": "%G",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "DDD": "%j",
    "dd": "%d",
    "EEEE": "%A",
    "EEE": "%a",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
}
_PIECE = re.compile(r"'((?:[^']|'')*)'|(" + "|".join(_LETTERS) + r")|([A-Za-z]+)|([^A-Za-z']+)")
_NO_EXPRESSION_SUFFIX = "%Y/%m/%d/%H/"


# https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html
EXTENSION = re.compile(r"\.[0-9a-z!\-_.*'()]{1,127}")
FROM_QUERY, FROM_LAMBDA = "partitionKeyFromQuery", "partitionKeyFromLambda"
_PARTITION_KEYS = {FROM_QUERY, FROM_LAMBDA}
DEFAULT_ERROR_PREFIX = "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"
ERROR_TYPE = "!{firehose:error-output-type}"
MOST_EVALUATED = 512
_LONG_DATE = datetime(2026, 9, 30, 23, tzinfo=UTC)
# CustomTimeZone: Firehose takes no IANA name with a digit, a sign or a hyphen in it, such as Etc/GMT+1.
_TIME_ZONE = re.compile(r"[a-zA-Z/_]{1,50}")


def is_time_zone(name: str) -> bool:
    """Tell whether it is a time zone's IANA name that Firehose takes."""
    return bool(_TIME_ZONE.fullmatch(name)) and name in _time_zones()


@lru_cache(maxsize=1)
def _time_zones() -> set[str]:
    # Every call of it reads folders on disk, and a spec is checked whenever a stream is looked at.
    return available_timezones()


def partition_keys(prefix: str, source: str = FROM_QUERY) -> set[str]:
    """Return the keys of dynamic partitioning that a prefix names, of one source: FROM_QUERY or FROM_LAMBDA."""
    found = (expression.partition(":") for expression in _EXPRESSION.findall(prefix))
    return {value for namespace, _, value in found if namespace == source}


def evaluated(prefix: str, at: datetime, time_zone: str = "UTC") -> str:
    """Return the prefix as Firehose would write it at the time; random strings stand as “random”, keys in brackets.

    A prefix without any timestamp gets `yyyy/MM/dd/HH/` appended, as Firehose does unless it is parted by keys.
    Raises ValueError when `problem_with` has something to say.
    """
    if problem := problem_with(prefix):
        raise ValueError(problem.code)
    at = at.astimezone(ZoneInfo(time_zone))
    namespaces = {expression.partition(":")[0] for expression in _EXPRESSION.findall(prefix)}
    is_dated = not namespaces.isdisjoint({"timestamp", *_PARTITION_KEYS})
    return _filled(prefix, at) + ("" if is_dated else at.strftime(_NO_EXPRESSION_SUFFIX))


def problem_with(prefix: str, *, errors: bool = False) -> Message | None:
    """Return what Firehose would refuse in a prefix, or None; with `errors`, in an error prefix."""
    if "!{" in _EXPRESSION.sub("", prefix):
        return Message("prefix.expression_open")
    for expression in _EXPRESSION.findall(prefix):
        if errors and expression == "firehose:error-output-type":
            continue
        if errors and expression.partition(":")[0] in _PARTITION_KEYS:
            return Message("prefix.partition_key_of_failed_record")
        if problem := _problem_of(expression):
            return problem
    if len(_filled(prefix, _LONG_DATE)) > MOST_EVALUATED:
        return Message("prefix.too_long", limit=MOST_EVALUATED)
    return None


def problem_with_backup(prefix: str) -> Message | None:
    """Return what Firehose would refuse in the prefix of the source record backup, or None."""
    if any(partition_keys(prefix, source) for source in _PARTITION_KEYS):
        return Message("prefix.partition_key_of_backup")
    return problem_with(prefix)


def _problem_of(expression: str) -> Message | None:
    namespace, _, value = expression.partition(":")
    if namespace == "firehose":
        if value == "random-string":
            return None
        return Message("prefix.firehose_expression", value=value)
    if namespace in _PARTITION_KEYS:
        return None if value else Message("prefix.partition_key_unnamed", namespace=namespace)
    if namespace != "timestamp":
        return Message("prefix.unknown_expression", expression=expression)
    unknown = [word for kind, word in _pieces(value) if kind == "unknown"]
    if unknown or not value:
        return Message("prefix.date_pattern", pattern="".join(unknown))
    return None


def _filled(prefix: str, at: datetime) -> str:
    return _EXPRESSION.sub(lambda match: _value(match.group(1), at), prefix)


def _value(expression: str, at: datetime) -> str:
    namespace, _, value = expression.partition(":")
    if namespace == "firehose":
        return "random" if value == "random-string" else "processing-failed"
    if namespace in _PARTITION_KEYS:
        return f"<{value}>"
    return "".join(at.strftime(_LETTERS[text]) if kind == "letters" else text for kind, text in _pieces(value))


def _pieces(pattern: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None:
            yield "unknown", pattern[position:]
            return
        quoted, letters, unknown, plain = match.groups()
        if quoted is not None:
            yield "text", quoted.replace("''", "'") or "'"
        elif letters:
            yield "letters", letters
        elif unknown:
            yield "unknown", unknown
        else:
            yield "text", plain
        position = match.end()
