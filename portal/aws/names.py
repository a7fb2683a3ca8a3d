"""AWS's rules for names: each check raises InvalidName with the sentence that a form shows at the field."""

from __future__ import annotations

import difflib
import ipaddress
import re
from datetime import UTC, datetime

from portal.aws.regions import every_region, found_partition, partitions, regions_of

_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_ROLE_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):role/(?P<name>[A-Za-z0-9_+=,.@/-]+)")
_KEY_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):key/(?P<id>[A-Za-z0-9-]+)"
)
_STREAM_CHARACTERS = re.compile(r"[a-zA-Z0-9_.-]+")
_BUCKET_CHARACTERS = re.compile(r"[a-z0-9.-]+")
_BUCKET_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


class InvalidName(ValueError):
    """A name that AWS would reject; its text is the sentence to show."""


# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
def check_account_id(account_id: str) -> None:
    """Check that an account ID has 12 digits. Raises InvalidName."""
    if _ACCOUNT_ID.fullmatch(account_id):
        return
    digits = re.sub(r"[\s-]", "", account_id)
    if _ACCOUNT_ID.fullmatch(digits):
        raise InvalidName(f"Write the account ID as 12 digits without spaces or dashes: {digits}.")
    raise InvalidName(
        f"An AWS account ID has exactly 12 digits; this has {len(account_id)} characters. "
        "The AWS console shows it at the top right, under your name."
        if account_id
        else "Enter your AWS account ID: 12 digits, shown at the top right of the AWS console, under your name."
    )


def check_region(region: str, partition: str = "aws") -> None:
    """Check that a Region exists in botocore's endpoint data and belongs to the partition. Raises InvalidName."""
    if region in regions_of(partition, "kinesis"):
        return
    home = partition_of(region) if region in every_region() else None
    if home is not None and home != partition:
        raise InvalidName(
            f"{region} is a Region of the partition “{home}”, but this AWS account is in “{partition}”: "
            f"choose a Region such as {regions_of(partition, 'kinesis')[0]}."
        )
    raise InvalidName(f"AWS has no Region called “{region}”.{_meant(region, regions_of(partition, 'kinesis'))}")


def partition_of(region: str) -> str:
    """Return the partition of a Region: aws, aws-cn, aws-us-gov … Raises InvalidName for an impossible Region."""
    partition = found_partition(region)
    if partition is None:
        raise InvalidName(f"AWS has no Region called “{region}”.")
    return partition


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
def check_role_arn(arn: str, account_id: str) -> None:
    """Check that an ARN is one of a role in the account. Raises InvalidName."""
    match = _ROLE_ARN.fullmatch(arn)
    if match is None:
        raise InvalidName(
            f"A role ARN looks like arn:aws:iam::{account_id or '111122223333'}:role/SluiceAccess.{_kind_of_arn(arn)}"
        )
    if match["account"] != account_id:
        raise InvalidName(
            f"This role is in account {match['account']}, but the account ID above is {account_id}. "
            "Enter a role of that account, or correct the account ID."
        )
    if match["partition"] not in partitions():
        raise InvalidName(f"AWS has no partition called “{match['partition']}”; most accounts are in “aws”.")


# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
def check_stream_name(name: str, prefix: str) -> None:
    """Check that Kinesis accepts a name and that it begins with the connection's prefix. Raises InvalidName."""
    _check_characters(name, "data stream", longest=128)
    if not name.startswith(prefix):
        raise InvalidName(
            f"The name must begin with “{prefix}”, because Sluice's role in your account is limited to such names: "
            f"for example {prefix}{name}."
        )
    if name == prefix:
        raise InvalidName(f"Add something after “{prefix}”: for example {prefix}building-1.")


def whole_second(timestamp: str) -> datetime | None:
    """Return a time in ISO 8601 with its zone as UTC, cut to the second; None for what is not one."""
    try:
        found = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC).replace(microsecond=0)


# https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
def check_firehose_name(name: str) -> None:
    """Check that Firehose accepts a name. Raises InvalidName."""
    _check_characters(name, "Firehose stream", longest=64)


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
def check_bucket_name(name: str) -> None:
    """Check S3's rules for general purpose buckets. Raises InvalidName, with a name that S3 would accept."""
    problem = _bucket_problem(name)
    if problem is None:
        return
    suggestion = _bucket_suggestion(name)
    meant = f" For example: {suggestion}" if suggestion and suggestion != name else ""
    raise InvalidName(f"{problem}{meant}")


# https://docs.aws.amazon.com/kms/latest/developerguide/concepts-identifiers.html#key-id-key-ARN
def check_kms_key_arn(arn: str, *, account_id: str | None = None, region: str | None = None) -> None:
    """Check that an ARN is one of a KMS key, in the account and Region where these are given. Raises InvalidName."""
    match = _KEY_ARN.fullmatch(arn)
    if match is None:
        hint = " This is an alias; enter the ARN of its key." if ":alias/" in arn else ""
        raise InvalidName(
            "A key ARN looks like arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab." + hint
        )
    if region is not None and match["region"] != region:
        raise InvalidName(
            f"This key is in {match['region']}, but the data stream is in {region}: "
            "a stream's key must be in its own Region."
        )
    if account_id is not None and match["account"] != account_id:
        raise InvalidName(f"This key is in account {match['account']}, but the data stream is in {account_id}.")


def _meant(typed: str, names: tuple[str, ...]) -> str:
    tidy = re.sub(r"[\s_]+", "-", typed.strip().lower())
    near = [tidy] if tidy in names else difflib.get_close_matches(tidy, names, n=1)
    return f" Did you mean {near[0]}?" if near else " For example: eu-west-1."


def _kind_of_arn(arn: str) -> str:
    if ":user/" in arn:
        return " This is the ARN of a user; Sluice assumes a role."
    if ":assumed-role/" in arn:
        return " This is the ARN of a session; copy the role's own ARN from IAM."
    if ":policy/" in arn:
        return " This is the ARN of a policy."
    return " Copy it from the stack's output RoleArn."


def _check_characters(name: str, what: str, *, longest: int) -> None:
    if not name:
        raise InvalidName(f"Enter a name for the {what}.")
    if len(name) > longest:
        raise InvalidName(f"A {what} name has at most {longest} characters; this has {len(name)}.")
    if not _STREAM_CHARACTERS.fullmatch(name):
        tidy = re.sub(r"[^a-zA-Z0-9_.-]+", "-", name).strip("-")
        meant = f" For example: {tidy}" if tidy else ""
        raise InvalidName(
            f"A {what} name can contain only letters without accents, digits, “_”, “.” and “-”; "
            f"{_invalid_characters(name, _STREAM_CHARACTERS)} cannot be in it.{meant}"
        )


def _invalid_characters(name: str, allowed: re.Pattern[str]) -> str:
    strange = dict.fromkeys(letter for letter in name if not allowed.fullmatch(letter))
    return ", ".join("a space" if letter.isspace() else f"“{letter}”" for letter in strange)


def _bucket_problem(name: str) -> str | None:
    rules = (
        (not name, "Enter a name for the bucket."),
        (bool(re.search(r"[A-Z]", name)), "A bucket name cannot contain capital letters."),
        ("_" in name, "A bucket name cannot contain underscores."),
        (
            bool(name) and not _BUCKET_CHARACTERS.fullmatch(name),
            "A bucket name can contain only lowercase letters without accents, digits, “-” and “.”; "
            f"{_invalid_characters(name, _BUCKET_CHARACTERS)} cannot be in it.",
        ),
        (not 3 <= len(name) <= 63, f"A bucket name has 3 to 63 characters; this has {len(name)}."),
        (_is_ip_address(name), "A bucket name must not look like an IP address."),
        (name[:1] in ".-" or name[-1:] in ".-", "A bucket name begins and ends with a letter or digit."),
        (".." in name, "A bucket name cannot contain two dots in a row."),
        ("." in name, "A bucket name with dots does not work with TLS: use “-” in their place."),
        (name.startswith(_BUCKET_RESERVED_STARTS), "AWS reserves names that begin like this."),
        (name.endswith(_BUCKET_RESERVED_ENDS), "AWS reserves names that end like this."),
    )
    return next((sentence for broken, sentence in rules if broken), None)


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
    for end in _BUCKET_RESERVED_ENDS:
        tidy = tidy.removesuffix(end)
    tidy = tidy.strip("-")[:63].strip("-")
    return tidy if tidy and _bucket_problem(tidy) is None else None
