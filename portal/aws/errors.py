"""Faults: every exception of botocore becomes an AwsFault, classified once by the table in fault_table.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import exceptions as boto

from portal.aws.fault_kinds import FaultKind, Row
from portal.aws.fault_table import UNKNOWN, row_for, row_of_kind
from portal.messages.message import Cause, Message

LONGEST_AWS_TEXT = 600
ASSUME_ROLE = "sts:AssumeRole"
_OF_ENDED_SESSIONS = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "ExpiredToken"}


class AwsFault(Exception):
    """A call to AWS that failed, translated once; `code` is AWS's error code, `aws_text` its text without credentials.

    What a person reads is `message`, of which portal.messages.aws has the sentence.
    """

    def __init__(self, kind: FaultKind, code: str, operation: str, aws_text: str) -> None:
        super().__init__(kind, code, operation, aws_text)
        self.kind = kind
        self.code = code
        self.operation = operation
        self.aws_text = without_credentials(aws_text)
        self.args = (kind, code, operation, self.aws_text)

    def __str__(self) -> str:
        return f"{self.operation}: {self.code}: {self.aws_text}"

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later although no one changed anything."""
        return self._row.retryable

    @property
    def message(self) -> Message:
        """What happened, for a person; its parameter `operation` is the call."""
        return self._row.message.with_params(operation=self.operation)

    @property
    def cause(self) -> Cause:
        """Whose side the cause is on."""
        return self._row.cause

    @property
    def is_denied_role(self) -> bool:
        """Return whether AWS denied assuming a role: it does not exist, or its trust policy denies."""
        return self.kind is FaultKind.ROLE_DENIED

    @property
    def may_be_denied_role(self) -> bool:
        """Return whether the cause may be that the role of the session is gone.

        A session outlives its role for up to an hour. Every call in it is then denied, or its key is unknown.
        """
        is_denial = self.kind is FaultKind.DENIED and self.cause is Cause.CLIENT
        return self.operation != ASSUME_ROLE and (is_denial or self.code in _OF_ENDED_SESSIONS)

    @property
    def _row(self) -> Row:
        return row_of_kind(self.kind, self.code, self.aws_text, self.operation)


@contextmanager
def aws_faults(operation: str) -> Iterator[None]:
    """Translate what botocore raises inside the block into AwsFault; `operation` is "service:Operation".

    https://docs.aws.amazon.com/boto3/latest/guide/error-handling.html
    """
    try:
        yield
    except boto.ClientError as refused:
        raise _from_answer(operation, refused.response) from None
    except boto.BotoCoreError as broken:
        raise _from_botocore(operation, broken) from None


def fault(code: str, operation: str, aws_text: str) -> AwsFault:
    """Return the AwsFault of an error code, classified by the table; an unknown code is INTERNAL."""
    row = row_for(code, aws_text, operation) or UNKNOWN
    return AwsFault(row.kind, code, operation, aws_text)


def _from_answer(operation: str, response: Any) -> AwsFault:
    error = response.get("Error", {})
    return fault(str(error.get("Code", "Unknown")), operation, str(error.get("Message", "")))


def _from_botocore(operation: str, broken: boto.BotoCoreError) -> AwsFault:
    for exception in type(broken).__mro__:  # a subclass that botocore adds later is classified as its parent
        if row_for(exception.__name__, "") is not None:
            return fault(exception.__name__, operation, _text_of(broken))
    return fault(type(broken).__name__, operation, _text_of(broken))


def _text_of(broken: boto.BotoCoreError) -> str:
    if isinstance(broken, boto.ParamValidationError):
        return re.sub(r", value: .*", "", str(broken))  # the value itself may be a record
    return str(broken)


def without_credentials(aws_text: str) -> str:
    """Return AWS's text without the signed request that some errors repeat, at most 600 characters long."""
    head = re.split(r"The Canonical String|The full Canonical|x-amz-security-token", aws_text, flags=re.IGNORECASE)[0]
    return re.sub(r"(https?://[^\s?]+)\?\S+", r"\1", head).strip()[:LONGEST_AWS_TEXT]
