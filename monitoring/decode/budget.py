"""How much work one data record may cause: bytes unpacked, values, records inside it, characters shown, time.

A decoder that stays within Python is stopped by these limits. One that does not return is ended with its process
(`monitoring.records.decoder_process`).
"""

import time
from dataclasses import dataclass, field

from portal.messages.message import Message

MAX_RECORD_BYTES = 10 * 1024 * 1024  # the most that a stream can be set to accept (MaxRecordSizeInKiB)
MAX_BYTES = 16 * 1024 * 1024
LEAST_BYTES = 1024 * 1024
MAX_EXPANSION = 100  # JSON of sensors shrinks to a tenth or a thirtieth, a bomb to a thousandth
MAX_WRAPPERS = 8
MAX_SECONDS = 0.25
SECONDS_A_MIB = 0.1
MAX_RECORDS = 5_000
MAX_SHOWN_CHARACTERS = 4_000_000
MAX_VALUES = 200_000
MAX_DIGITS = 1_000
MAX_NESTING = 64
_CHECK_EVERY = 256
_MIB = 1024 * 1024


class NotThisFormat(Exception):
    """The data is not in the decoder's format; `message` is the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class ValueTooLarge(NotThisFormat):
    """A value exceeds a limit of this decoder. A later decoder may still read the record, as text for example."""


class BudgetExceeded(Exception):
    """Decoding further would cost more than one record may; `message` is the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Budget:
    """What is left for one record, shared by all decoders that read it.

    Time is the thread's CPU time. Asking for it can cost more than decoding a record, so it is asked for only when as
    much time has passed on the clock, and counted from then on.

    `omitted` counts the records inside the record that were not decoded because there are too many.
    """

    most_bytes: int = LEAST_BYTES
    seconds: float = MAX_SECONDS
    values_left: int = MAX_VALUES
    records_left: int = MAX_RECORDS
    characters_left: int = MAX_SHOWN_CHARACTERS
    omitted: int = 0
    bytes_left: int = field(init=False)
    clock_until: float = field(init=False)
    until: float | None = None

    def __post_init__(self) -> None:
        self.bytes_left = self.most_bytes
        self.clock_until = time.monotonic() + self.seconds

    def check_time(self) -> None:
        """Raise BudgetExceeded when the time is over."""
        if time.monotonic() < self.clock_until:
            return
        if self.until is None:
            self.until = time.thread_time() + self.seconds
        elif time.thread_time() > self.until:
            raise BudgetExceeded(Message("decode.timeout", limit_milliseconds=round(1000 * self.seconds)))

    def spend(self, size: int) -> None:
        """Count unpacked bytes; raise BudgetExceeded when there are more in all than the record may unpack to."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise BudgetExceeded(Message("decode.unpacks_too_far", limit_bytes=self.most_bytes))
        self.check_time()

    def count_value(self) -> None:
        """Count a value (a field, an item, a number); raise BudgetExceeded when there are too many, or no time left."""
        self.values_left -= 1
        if self.values_left < 0:
            raise BudgetExceeded(Message("decode.too_many_values", limit_count=MAX_VALUES))
        if self.values_left % _CHECK_EVERY == 0:
            self.check_time()

    def take_records(self, count: int) -> int:
        """Return how many of `count` records inside the record may be decoded; the others count as omitted."""
        taken = min(count, max(0, self.records_left))
        self.records_left -= taken
        self.omitted += count - taken
        return taken


def budget_for(size: int) -> Budget:
    """Return the budget of a record of `size` bytes: a larger one may unpack to more and take longer."""
    if size <= LEAST_BYTES // MAX_EXPANSION:
        return Budget()
    return Budget(
        most_bytes=min(MAX_BYTES, max(LEAST_BYTES, size * MAX_EXPANSION)),
        seconds=MAX_SECONDS + SECONDS_A_MIB * size / _MIB,
    )
