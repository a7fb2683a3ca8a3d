"""How much work one data record may cause: bytes unpacked, records inside it, time."""

import time
from dataclasses import dataclass, field

from portal.messages.message import Message

MAX_BYTES = 1024 * 1024
MAX_WRAPPERS = 6
MAX_SECONDS = 0.25
MAX_RECORDS = 200


class NotThisFormat(Exception):
    """The data is not in the decoder's format; `message` is the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class BudgetExceeded(Exception):
    """Decoding further would cost more than one record may; `message` is the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Budget:
    """What is left for one record, shared by all decoders that read it."""

    bytes_left: int = MAX_BYTES
    records_left: int = MAX_RECORDS
    until: float = field(default_factory=lambda: time.monotonic() + MAX_SECONDS)

    def check_time(self) -> None:
        """Raise BudgetExceeded when the time is over."""
        if time.monotonic() > self.until:
            raise BudgetExceeded(Message("decode.timeout", limit_milliseconds=round(1000 * MAX_SECONDS)))

    def spend(self, size: int) -> None:
        """Count unpacked bytes; raise BudgetExceeded when there are more than 1 MiB in all."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise BudgetExceeded(Message("decode.unpacks_too_far", limit_bytes=MAX_BYTES))
        self.check_time()

    def take_record(self) -> bool:
        """Return whether one more record inside the record may be decoded."""
        self.records_left -= 1
        return self.records_left >= 0
