"""The kinds of faults, and what a row of the fault table holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.messages.message import Cause, Message


class FaultKind(StrEnum):
    """The kind of a failed call to AWS, as far as it changes what to do next.

    DENIED is about one call, ROLE_DENIED about all: the role cannot be assumed.
    """

    DENIED = "denied"
    ROLE_DENIED = "role_denied"
    THROTTLED = "throttled"
    PROPAGATING = "propagating"
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    QUOTA = "quota"
    UNREACHABLE = "unreachable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; one without `saying` and `operations` decides by AWS's error code alone."""

    kind: FaultKind
    message: Message
    cause: Cause
    codes: frozenset[str]
    retryable: bool = False
    saying: tuple[str, ...] = ()  # parts of AWS's text, any of them
    operations: frozenset[str] = frozenset()

    def matches(self, code: str, aws_text: str, operation: str) -> bool:
        """Return whether a fault belongs to this row."""
        return self.has(code, operation) and (not self.saying or any(says(aws_text, part) for part in self.saying))

    def has(self, code: str, operation: str) -> bool:
        """Return whether a fault can belong to this row, whatever AWS's text."""
        return code in self.codes and (not self.operations or operation in self.operations)


def row(
    kind: FaultKind,
    message: Message,
    cause: Cause,
    codes: str,
    *,
    retryable: bool = False,
    saying: tuple[str, ...] = (),
    operations: str = "",
) -> Row:
    """Return a row; codes and operations are separated by spaces."""
    return Row(kind, message, cause, frozenset(codes.split()), retryable, saying, frozenset(operations.split()))


def says(aws_text: str, part: str) -> bool:
    """Return whether AWS's text contains a part as words of its own, in the singular or plural, in whatever case.

    A part inside the name of a resource does not count: a stream may be called sluice-creating or a role shard/times.
    """
    return re.search(rf"(?<![\w./:-]){re.escape(part)}s?(?![\w/:-]|\.\w)", aws_text, re.IGNORECASE) is not None
