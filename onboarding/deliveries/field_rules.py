"""AWS's rules for single fields that several kinds of destination share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from portal.messages.message import Message

MOST_RETRY_SECONDS = 7_200
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[\w/+=.@!-]+")
_WHOLE_SECRET = re.compile(r".+-[A-Za-z0-9]{6}")


def secret_problems(path: str, secret_arn: str, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    """Yield what is wrong with the ARN of a secret. The message never repeats the text, which may be a secret."""
    found = _SECRET.fullmatch(secret_arn)
    if found is None:
        yield path, Message("delivery.not_a_secret_arn")
        return
    if not _WHOLE_SECRET.fullmatch(secret_arn):
        # Secrets Manager finds it without them too, but IAM compares the whole ARN: the role could not read it.
        yield path, Message("delivery.secret_arn_incomplete")
        return
    yield from place_problems(path, Message("delivery.resource_secret"), found[1], found[2], place)


def arn_problems(
    path: str, arn: str, pattern: re.Pattern[str], resource: Message, place: Mapping[str, str]
) -> Iterator[tuple[str, Message]]:
    """Yield what is wrong with an ARN; the pattern's first two groups are its Region and its account."""
    found = pattern.fullmatch(arn)
    if found is None:
        yield path, Message("delivery.not_an_arn", resource=resource)
        return
    yield from place_problems(path, resource, found[1], found[2], place)


def place_problems(
    path: str, resource: Message, region: str, account_id: str, place: Mapping[str, str]
) -> Iterator[tuple[str, Message]]:
    """Yield that something is in another Region or account than the stream."""
    if region != place["region"]:
        yield path, Message("delivery.in_other_region", resource=resource, found=region, region=place["region"])
    if place.get("account_id", account_id) != account_id:
        yield path, Message("delivery.in_other_account", resource=resource, account=account_id)


def length_problems(
    path: str, value: str, limit: int, field: Message, *, least: int = 1
) -> Iterator[tuple[str, Message]]:
    """Yield that a text is too short or too long."""
    if len(value) < least:
        yield path, Message("delivery.value_missing", field=field)
    elif len(value) > limit:
        yield path, Message("delivery.value_too_long", field=field, limit_count=limit, length_count=len(value))


def retry_problems(seconds: int) -> Iterator[tuple[str, Message]]:
    """Yield that a retry duration is outside the range that AWS accepts."""
    if not 0 <= seconds <= MOST_RETRY_SECONDS:
        yield "destination.retry_seconds", Message("delivery.retry_duration", limit_count=MOST_RETRY_SECONDS)
