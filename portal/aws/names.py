"""AWS's rules for names: each check raises InvalidName with the message that a form shows at the field."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime

from portal.aws.regions import every_region, found_partition, partitions, regions_of
from portal.messages.message import Message

_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_ROLE_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):role/(?P<name>[A-Za-z0-9_+=,.@/-]+)")
_KEY_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):key/(?P<id>[A-Za-z0-9-]+)"
)
_LONGEST_STREAM_NAME = 128
_LONGEST_SESSION_NAME = 64
_NOT_IN_SESSION_NAME = re.compile(r"[^A-Za-z0-9_+=,.@-]")
_FIRST_REGION = "eu-west-1"
_STREAM_CHARACTERS = re.compile(r"[a-zA-Z0-9_.-]+")


class InvalidName(ValueError):
    """A name that AWS would reject, with the message to show. Its text has the code, for logs."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
def check_account_id(account_id: str) -> None:
    """Check that an account ID has 12 digits. Raises InvalidName."""
    if _ACCOUNT_ID.fullmatch(account_id):
        return
    digits = re.sub(r"[\s-]", "", account_id)
    if _ACCOUNT_ID.fullmatch(digits):
        raise InvalidName(Message("name.account_id_separated", account=digits))
    if not account_id:
        raise InvalidName(Message("name.account_id_missing"))
    raise InvalidName(Message("name.account_id_length", length=len(account_id)))


def check_region(region: str, partition: str = "aws") -> None:
    """Check that a Region exists in botocore's endpoint data and belongs to the partition. Raises InvalidName."""
    if region in regions_of(partition, "kinesis"):
        return
    home = partition_of(region) if region in every_region() else None
    if home is not None and home != partition:
        example = regions_of(partition, "kinesis")[0]
        place = {"region": region, "found": home, "partition": partition}
        raise InvalidName(Message("name.region_in_other_partition", example=example, **place))
    raise InvalidName(_unknown_region(region, regions_of(partition, "kinesis")))


def partition_of(region: str) -> str:
    """Return the partition of a Region: aws, aws-cn, aws-us-gov … Raises InvalidName for an impossible Region."""
    partition = found_partition(region)
    if partition is None:
        raise InvalidName(Message("name.region_unknown", region=region, example=_FIRST_REGION))
    return partition


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
def check_role_arn(arn: str, account_id: str) -> None:
    """Check that an ARN is one of a role in the account. Raises InvalidName."""
    match = _ROLE_ARN.fullmatch(arn)
    if match is None:
        raise InvalidName(Message("name.role_arn", account=account_id or "111122223333", hint=_kind_of_arn(arn)))
    if match["account"] != account_id:
        raise InvalidName(Message("name.role_in_other_account", found=match["account"], account=account_id))
    if match["partition"] not in partitions():
        raise InvalidName(Message("name.partition_unknown", partition=match["partition"]))


# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
def check_stream_name(name: str, prefix: str) -> None:
    """Check that Kinesis accepts a name and that it begins with the connection's prefix. Raises InvalidName."""
    _check_characters(name, Message("name.type_stream"), longest=_LONGEST_STREAM_NAME, prefix=prefix)
    if not name.startswith(prefix):
        fitting = name[: _LONGEST_STREAM_NAME - len(prefix)]
        raise InvalidName(Message("name.outside_prefix", prefix=prefix, name=fitting))
    if name == prefix:
        raise InvalidName(Message("name.only_prefix", prefix=prefix))


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
    _check_characters(name, Message("name.type_firehose"), longest=64)


# https://docs.aws.amazon.com/kms/latest/developerguide/concepts-identifiers.html#key-id-key-ARN
def check_kms_key_arn(arn: str, *, account_id: str | None = None, region: str | None = None) -> None:
    """Check that an ARN is one of a KMS key, in the account and Region where these are given. Raises InvalidName."""
    match = _KEY_ARN.fullmatch(arn)
    if match is None:
        raise InvalidName(Message("name.key_alias") if ":alias/" in arn else Message("name.key_arn"))
    if region is not None and match["region"] != region:
        raise InvalidName(Message("name.key_in_other_region", found=match["region"], region=region))
    if account_id is not None and match["account"] != account_id:
        raise InvalidName(Message("name.key_in_other_account", found=match["account"], account=account_id))


def _unknown_region(region: str, known: tuple[str, ...]) -> Message:
    tidy = re.sub(r"[\s_]+", "-", region.strip().lower())
    near = [tidy] if tidy in known else difflib.get_close_matches(tidy, known, n=1)
    if near:
        return Message("name.region_mistyped", region=region, near=near[0])
    return Message("name.region_unknown", region=region, example=_FIRST_REGION if _FIRST_REGION in known else known[0])


def _kind_of_arn(arn: str) -> Message:
    if ":user/" in arn:
        return Message("name.arn_of_user")
    if ":assumed-role/" in arn:
        return Message("name.arn_of_session")
    if ":policy/" in arn:
        return Message("name.arn_of_policy")
    return Message("name.arn_of_role_output")


def _check_characters(name: str, kind: Message, *, longest: int, prefix: str = "") -> None:
    if not name:
        raise InvalidName(Message("name.missing", type=kind))
    if len(name) > longest:
        raise InvalidName(Message("name.too_long", type=kind, limit=longest, length=len(name)))
    if not _STREAM_CHARACTERS.fullmatch(name):
        tidy = re.sub(r"[^a-zA-Z0-9_.-]+", "-", name.removeprefix(prefix)).strip("-")
        characters = invalid_characters(name, _STREAM_CHARACTERS)
        if tidy:
            example = f"{prefix}{tidy}"[:longest]
            raise InvalidName(Message("name.characters_replaceable", type=kind, characters=characters, example=example))
        raise InvalidName(Message("name.characters", type=kind, characters=characters))


def invalid_characters(name: str, allowed: re.Pattern[str]) -> list[Message]:
    """Return each character of a name that is not allowed, once."""
    invalid = dict.fromkeys(letter for letter in name if not allowed.fullmatch(letter))
    found = [
        Message("name.space") if letter.isspace() else Message("name.character", character=letter) for letter in invalid
    ]
    return list(dict.fromkeys(found))


def role_session_name(purpose: str) -> str:
    """Return the name of a role's session for a purpose, which ends with the ID of what it is for.

    At most 64 letters, digits and `_+=,.@-`; what AWS does not allow becomes a hyphen.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    return _NOT_IN_SESSION_NAME.sub("-", f"sluice-{purpose}")[:_LONGEST_SESSION_NAME]
