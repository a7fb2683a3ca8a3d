"""S3's rules for names of buckets."""

from __future__ import annotations

import ipaddress
import re

from portal.aws.names import InvalidName, invalid_characters
from portal.messages.message import Message

_BUCKET_CHARACTERS = re.compile(r"[a-z0-9.-]+")
_BUCKET_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
_ACCOUNT_REGIONAL = "-an"


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
def check_bucket_name(name: str, *, is_new: bool = True) -> None:
    """Check S3's rules for general purpose buckets. Raises InvalidName, with a name that S3 would accept.

    A name that ends with -an exists only in an account's own regional namespace, where Sluice creates no bucket.
    """
    problem = _bucket_problem(name, is_new=is_new)
    if problem is None:
        return
    suggestion = _bucket_suggestion(name)
    if suggestion and suggestion != name:
        raise InvalidName(Message("name.bucket_example", problem=problem, example=suggestion))
    raise InvalidName(problem)


def _bucket_problem(name: str, *, is_new: bool = True) -> Message | None:
    if not name:
        return Message("name.bucket_missing")
    rules = (
        (bool(re.search(r"[A-Z]", name)), Message("name.bucket_capitals")),
        ("_" in name, Message("name.bucket_underscores")),
        (
            not _BUCKET_CHARACTERS.fullmatch(name),
            Message("name.bucket_characters", characters=invalid_characters(name, _BUCKET_CHARACTERS)),
        ),
        (not 3 <= len(name) <= 63, Message("name.bucket_length", length=len(name))),
        (_is_ip_address(name), Message("name.bucket_ip_address")),
        (name[:1] in ".-" or name[-1:] in ".-", Message("name.bucket_ends")),
        (".." in name, Message("name.bucket_two_dots")),
        ("." in name, Message("name.bucket_dots")),
        (name.startswith(_BUCKET_RESERVED_STARTS), Message("name.bucket_reserved_start")),
        (name.endswith(_BUCKET_RESERVED_ENDS), Message("name.bucket_reserved_end")),
        (is_new and name.endswith(_ACCOUNT_REGIONAL), Message("name.bucket_account_regional")),
    )
    return next((message for broken, message in rules if broken), None)


def _is_ip_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _bucket_suggestion(name: str) -> str | None:
    tidy = re.sub(r"[^a-z0-9-]+", "-", name.lower())
    for start in _BUCKET_RESERVED_STARTS:
        tidy = tidy.removeprefix(start)
    for end in (*_BUCKET_RESERVED_ENDS, _ACCOUNT_REGIONAL):
        tidy = tidy.removesuffix(end)
    tidy = tidy.strip("-")[:63].strip("-")
    return tidy if tidy and _bucket_problem(tidy) is None else None
