"""AWS's rules of single fields that several kinds of destination share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

MOST_RETRY_SECONDS = 7_200
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[\w/+=.@!-]+")
_WHOLE_SECRET = re.compile(r".+-[A-Za-z0-9]{6}")


def secret_problems(path: str, secret_arn: str, place: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the ARN of a secret; nothing that was typed is repeated."""
    found = _SECRET.fullmatch(secret_arn)
    if found is None:
        yield (
            path,
            "Enter the ARN of a secret in AWS Secrets Manager, which begins with arn:aws:secretsmanager:. "
            "Never enter the secret itself.",
        )
        return
    if not _WHOLE_SECRET.fullmatch(secret_arn):
        # Secrets Manager finds it without them too, but IAM compares the whole ARN: the role could not read it.
        yield (
            path,
            "The ARN is incomplete. It must end with a hyphen and the six characters that Secrets Manager added.",
        )
        return
    yield from place_problems(path, "secret", found[1], found[2], place)


def arn_problems(
    path: str, arn: str, pattern: re.Pattern[str], words: str, place: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an ARN; the pattern's first two groups are its Region and its account."""
    found = pattern.fullmatch(arn)
    if found is None:
        yield path, f"This is not {words}."
        return
    yield from place_problems(path, words.rpartition("of ")[2], found[1], found[2], place)


def place_problems(
    path: str, what: str, region: str, account_id: str, place: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield that something is in another Region or account than the stream."""
    what = what.removeprefix("an ").removeprefix("a ")
    if region != place["region"]:
        yield (
            path,
            f"The {what} is in {region}, and the stream in {place['region']}.",
        )
    if place.get("account_id", account_id) != account_id:
        yield path, f"The {what} belongs to another AWS account, {account_id}."


def length_problems(path: str, value: str, most: int, words: str, *, least: int = 1) -> Iterator[tuple[str, str]]:
    """Yield that a text is too short or too long."""
    if len(value) < least:
        yield path, f"{words} is missing."
    elif len(value) > most:
        yield path, f"{words} may have at most {most} letters; this has {len(value)}."


def retry_problems(seconds: int) -> Iterator[tuple[str, str]]:
    """Yield that a retry duration is outside of what AWS takes."""
    if not 0 <= seconds <= MOST_RETRY_SECONDS:
        yield "destination.retry_seconds", f"The retry duration is 0 to {MOST_RETRY_SECONDS:,} seconds."
