"""The kinds of faults, and what a row of the table says of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What kind of fault a call to AWS met, as far as it changes what to do next."""

    DENIED = "denied"
    THROTTLED = "throttled"
    PROPAGATING = "propagating"
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    QUOTA = "quota"
    UNREACHABLE = "unreachable"
    INTERNAL = "internal"


CLIENT = "your AWS account"
PORTAL = "Sluice"
AWS = "AWS"
NETWORK = "the network between Sluice and AWS"


@dataclass(frozen=True, slots=True)
class FaultWords:
    """What a person reads: what happened, on whose side it lies, what to do."""

    what: str
    whose: str
    todo: str

    @property
    def advice(self) -> str:
        """Whose side it is on and what to do, as sentences."""
        return f"This is on the side of {self.whose}. {self.todo}".strip()

    @property
    def sentences(self) -> str:
        """All three, as sentences."""
        return f"{self.what} {self.advice}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; a row without `saying` and `operations` decides by the code alone."""

    kind: FaultKind
    codes: frozenset[str]
    words: FaultWords
    retryable: bool = False
    saying: tuple[str, ...] = ()  # substrings of the message, any of them
    operations: frozenset[str] = frozenset()

    def fits(self, code: str, message: str, operation: str) -> bool:
        """Whether a fault is this row's."""
        return (
            code in self.codes
            and (not self.saying or any(part.lower() in message.lower() for part in self.saying))
            and (not self.operations or operation in self.operations)
        )


def row(
    kind: FaultKind,
    codes: str,
    *,
    what: str,
    whose: str,
    todo: str,
    retryable: bool = False,
    saying: tuple[str, ...] = (),
    operations: str = "",
) -> Row:
    """Return a row; codes and operations are separated by spaces."""
    words = FaultWords(what, whose, todo)
    return Row(kind, frozenset(codes.split()), words, retryable, saying, frozenset(operations.split()))
