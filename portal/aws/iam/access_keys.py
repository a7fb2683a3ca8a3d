"""Access keys of IAM users."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from portal.aws.calls import call, delete_if_exists, faults_of, paginate
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class AccessKeyInfo:
    """What IAM lists of an access key; `status` is "Active" or "Inactive"."""

    id: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The last use of an access key that IAM knows of: when, with which service ("kinesis"), and in which Region."""

    at: datetime
    service: str
    region: str


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A new access key, the only time its secret is seen."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


def access_key_ids(aws: AwsSession, user: str) -> list[AccessKeyInfo]:
    """Return a user's access keys, the inactive ones too. Raises AwsFault (NOT_FOUND without the user).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
    """
    found = paginate(aws, "iam", "ListAccessKeys", "AccessKeyMetadata", UserName=user)
    return [AccessKeyInfo(id=key["AccessKeyId"], status=key["Status"], created_at=key["CreateDate"]) for key in found]


def create_access_key(aws: AwsSession, user: str) -> AccessKey:
    """Create an access key with one attempt only: a retry could leave a second key whose secret is lost.

    Raises AwsFault (QUOTA when the user has two already; UNREACHABLE leaves open whether a key was created).
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
    """
    with faults_of(aws, "iam:CreateAccessKey"):
        created = aws.client("iam", single_attempt=True).create_access_key(UserName=user)["AccessKey"]
    return AccessKey(access_key_id=created["AccessKeyId"], secret_access_key=created["SecretAccessKey"])


def delete_access_key(aws: AwsSession, user: str, access_key_id: str) -> None:
    """Delete an access key permanently; no error where it does not exist.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html
    """
    delete_if_exists(aws, "iam", "DeleteAccessKey", UserName=user, AccessKeyId=access_key_id)


def set_access_key_status(aws: AwsSession, user: str, access_key_id: str, status: str) -> None:
    """Set an access key to "Active" or "Inactive".

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
    """
    call(aws, "iam", "UpdateAccessKey", UserName=user, AccessKeyId=access_key_id, Status=status)


def access_key_last_used(aws: AwsSession, access_key_id: str) -> KeyUse | None:
    """Return the last use of an access key, or None where IAM knows of none. Raises AwsFault (NOT_FOUND, DENIED).

    The answer lags. Of several uses within 15 minutes IAM records only the first, so a time may be up to 15 minutes
    before the newest use; AWS promises no time by which a use is recorded.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html#id_credentials_understanding_the_report_format
    """
    found = call(aws, "iam", "GetAccessKeyLastUsed", AccessKeyId=access_key_id)["AccessKeyLastUsed"]
    if found.get("LastUsedDate") is None:
        return None
    return KeyUse(at=found["LastUsedDate"], service=found["ServiceName"], region=found["Region"])
