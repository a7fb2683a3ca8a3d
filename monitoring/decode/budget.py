"""How much work one data record may cause: bytes unpacked, values, records inside it, time.

A decoder that stays within Python is stopped by these limits. One that does not return is ended with its process
(`monitoring.records.decoder_process`).
"""

import time
from dataclasses import dataclass, field

from portal.messages.message import Message

MAX_BYTES = 1024 * 1024
MAX_WRAPPERS = 6
MAX_SECONDS = 0.25
MAX_RECORDS = 200
MAX_VALUES = 50_000
MAX_DIGITS = 1_000
MAX_NESTING = 64
_CHECK_EVERY = 256


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
    """What is left for one record, shared by all decoders that read it. Time is the thread's CPU time.

    `omitted` counts the records inside the record that were not decoded because there are too many.
    """

    bytes_left: int = MAX_BYTES
    values_left: int = MAX_VALUES
    records_left: int = MAX_RECORDS
    omitted: int = 0
    until: float = field(default_factory=lambda: time.thread_time() + MAX_SECONDS)

    def check_time(self) -> None:
        """Raise BudgetExceeded when the time is over."""
        if time.thread_time() > self.until:
            raise BudgetExceeded(Message("decode.timeout", limit_milliseconds=round(1000 * MAX_SECONDS)))

    def spend(self, size: int) -> None:
        """Count unpacked bytes; raise BudgetExceeded when there are more than 1 MiB in all."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise BudgetExceeded(Message("decode.unpacks_too_far", limit_bytes=MAX_BYTES))
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
