"""Faults: whatever botocore raises becomes an AwsFault, classified once by the table in fault_table.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import exceptions as boto

from portal.aws.fault_kinds import CLIENT, FaultKind, FaultWords, Row
from portal.aws.fault_table import OF_KIND, UNKNOWN, row_for

__all__ = ["AwsFault", "FaultKind", "FaultWords", "aws_faults", "fault", "without_credentials"]

LONGEST_MESSAGE = 600


class AwsFault(Exception):
    """A call to AWS that failed, translated once; holds AWS's own words and never a credential."""

    def __init__(self, kind: FaultKind, code: str, operation: str, message: str) -> None:
        super().__init__(kind, code, operation, message)
        self.kind = kind
        self.code = code
        self.operation = operation
        self.message = without_credentials(message)
        self.args = (kind, code, operation, self.message)

    def __str__(self) -> str:
        return f"{self.operation}: {self.code}: {self.message}"

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later with nothing changed by anybody."""
        return self._row.retryable

    @property
    def words(self) -> FaultWords:
        """The words for a person."""
        return self._row.words

    @property
    def is_of_client(self) -> bool:
        """Whether it lies with the client's account: its role, its policies, its state; not with us, AWS or the way."""
        return self._row.words.whose == CLIENT

    @property
    def _row(self) -> Row:
        row = row_for(self.code, self.message, self.operation)
        return row if row is not None and row.kind is self.kind else OF_KIND[self.kind]


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


def fault(code: str, operation: str, message: str) -> AwsFault:
    """Return the AwsFault of an error code, classified by the table; an unknown code is INTERNAL."""
    row = row_for(code, message, operation) or UNKNOWN
    return AwsFault(row.kind, code, operation, message)


def _from_answer(operation: str, response: Any) -> AwsFault:
    error = response.get("Error", {})
    return fault(str(error.get("Code", "Unknown")), operation, str(error.get("Message", "")))


def _from_botocore(operation: str, broken: boto.BotoCoreError) -> AwsFault:
    for one in type(broken).__mro__:  # a subclass botocore adds later counts as what it descends from
        if row_for(one.__name__, "") is not None:
            return fault(one.__name__, operation, _words_of(broken))
    return fault(type(broken).__name__, operation, _words_of(broken))


def _words_of(broken: boto.BotoCoreError) -> str:
    if isinstance(broken, boto.ParamValidationError):
        return re.sub(r", value: .*", "", str(broken))  # the value itself may be a record
    return str(broken)


def without_credentials(message: str) -> str:
    """Return AWS's message without the signed request that some refusals repeat, at most 600 characters long."""
    head = re.split(r"The Canonical String|The full Canonical|x-amz-security-token", message, flags=re.IGNORECASE)[0]
    return re.sub(r"(https?://[^\s?]+)\?\S+", r"\1", head).strip()[:LONGEST_MESSAGE]
