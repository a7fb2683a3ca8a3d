"""How the vendor's sender tests a role that it assumes: three attempts, one record, and the report of both."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from portal.aws.calls import call
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.records import PutReceipt, put_record
from portal.aws.session import AwsSession
from portal.demo.building.sender import Stream

SESSION_NAME = "simulated-building"
TEST_RECORD = b'{"type": "building.test"}'


@dataclass(frozen=True, slots=True)
class Offered:
    """A role that a client's account has for the vendor; `is_wanted` unless its integration moves back to a key."""

    uid: str
    integration_uid: str
    building: str
    stream: Stream
    role_arn: str
    external_id: str = field(repr=False)
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Tested:
    """The outcome of a test: the report, and the session of the role where it works."""

    report: dict[str, Any]
    session: AwsSession | None = field(default=None, repr=False)


def try_role(role: Offered, sender: AwsSession) -> Tested:
    """Try the role with its external ID, with a wrong one and with none, and put a record. Raises nothing of AWS."""
    right, session, detail = _attempt(role, sender, role.external_id)
    wrong, _, _ = _attempt(role, sender, f"wrong-{secrets.token_hex(8)}")
    missing, _, _ = _attempt(role, sender, None)
    report: dict[str, Any] = {"right": right, "wrong": wrong, "missing": missing}
    if session is not None and (wrong, missing) == ("refused", "refused"):
        try:
            return Tested({**report, "record": sent_record(session, role.stream)}, session)
        except AwsFault as fault:
            detail = fault.aws_text or fault.code
    return Tested({**report, "detail": detail[:500]} if detail else report)


def sent_record(aws: AwsSession, stream: Stream) -> dict[str, str]:
    """Put one record, and return where it is. Raises AwsFault."""
    receipt: PutReceipt = put_record(aws, stream.name, data=TEST_RECORD, partition_key=SESSION_NAME)
    return {"shard_id": receipt.shard_id, "sequence_number": receipt.sequence_number}


def _attempt(role: Offered, sender: AwsSession, external_id: str | None) -> tuple[str, AwsSession | None, str]:
    given = {} if external_id is None else {"ExternalId": external_id}
    try:
        answer = call(sender, "sts", "AssumeRole", RoleArn=role.role_arn, RoleSessionName=SESSION_NAME, **given)
    except AwsFault as fault:
        return "refused" if fault.is_denied_role else "unknown", None, fault.aws_text or fault.code
    found = answer["Credentials"]
    credentials = AwsCredentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    return "allowed", AwsSession(region=role.stream.region, credentials=credentials), ""
