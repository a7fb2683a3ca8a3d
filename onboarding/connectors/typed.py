"""What a person types about a consumer: the role that it assumes, and its consumer with enhanced fan-out. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream
from portal.messages.message import Message

ROLE_TO_FILL_IN, EXTERNAL_ID_TO_FILL_IN = "YOUR-CONSUMER-ROLE", "YOUR-EXTERNAL-ID"
MOST_CHARACTERS = 2048
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[A-Za-z0-9_+=,.@-]{1,64}/){0,8}([A-Za-z0-9_+=,.@-]{1,64})")
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
_CONSUMER = re.compile(r"/consumer/[A-Za-z0-9_.-]{1,128}:[0-9]{1,20}")


class InvalidConsumer(ValueError):
    """A value that settings cannot be generated with: which field, and why."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message.code)
        self.field = field
        self.message = message


def role_to_fill_in(stream: ConsumedStream) -> AssumedRole:
    """Return a role with names in place of its values, for a consumer whose role is not known."""
    arn = f"arn:{stream.partition}:iam::{stream.account_id}:role/{ROLE_TO_FILL_IN}"
    return AssumedRole(arn, EXTERNAL_ID_TO_FILL_IN)


def problems_of(
    stream: ConsumedStream, *, role_arn: str = "", external_id: str = "", fanout_arn: str = ""
) -> list[InvalidConsumer]:
    """Return what is not valid of what was typed, at most one problem for each field; the role is in the account."""
    found = []
    if role_arn and _role_name(stream, role_arn) is None:
        found.append(InvalidConsumer("role_arn", Message("connector.not_a_role", account=stream.account_id)))
    if external_id and not role_arn:
        found.append(InvalidConsumer("external_id", Message("connector.external_id_alone")))
    elif external_id and not _EXTERNAL_ID.fullmatch(external_id):
        found.append(InvalidConsumer("external_id", Message("connector.not_an_external_id")))
    if fanout_arn and not _is_consumer(stream, fanout_arn):
        found.append(InvalidConsumer("fanout_arn", Message("connector.not_a_consumer", stream_arn=stream.stream_arn)))
    return found


def with_typed(
    stream: ConsumedStream, *, by_role: bool = False, role_arn: str = "", external_id: str = "", fanout_arn: str = ""
) -> ConsumedStream:
    """Return the stream for a consumer as it was typed. Raises InvalidConsumer for the first value that is not valid.

    `by_role` without an ARN gives a role to fill in.
    """
    for problem in problems_of(stream, role_arn=role_arn, external_id=external_id, fanout_arn=fanout_arn):
        raise problem
    role = AssumedRole(role_arn, external_id, _role_name(stream, role_arn) or "") if role_arn else None
    if by_role and role is None:
        role = role_to_fill_in(stream)
    return replace(stream, role=role, fanout_arn=fanout_arn)


def _role_name(stream: ConsumedStream, arn: str) -> str | None:
    found = _ROLE.fullmatch(arn) if len(arn) <= MOST_CHARACTERS else None
    return found[2] if found and found[1] == stream.account_id else None


def _is_consumer(stream: ConsumedStream, arn: str) -> bool:
    return arn.startswith(stream.stream_arn) and bool(_CONSUMER.fullmatch(arn.removeprefix(stream.stream_arn)))
