"""How much work one data record may cause: bytes unpacked, containers opened, time spent."""

import time
from dataclasses import dataclass, field

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 6
MOST_SECONDS = 0.25
MOST_ITEMS = 200


class NotThis(Exception):
    """These bytes are not what the rung reads; the words say why."""


class TooMuch(Exception):
    """Reading on would cost more than one record may; the words say what."""


@dataclass(slots=True)
class Budget:
    """What is left for one record; shared by all rungs that look at it."""

    bytes_left: int = MOST_BYTES
    items_left: int = MOST_ITEMS
    until: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)

    def check_time(self) -> None:
        """Raise TooMuch when the time is over."""
        if time.monotonic() > self.until:
            raise TooMuch(f"decoding took longer than {MOST_SECONDS:g} s")

    def spend(self, size: int) -> None:
        """Account for unpacked bytes; raise TooMuch when there are more than 1 MiB in all."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise TooMuch("it unpacks to more than 1 MiB")
        self.check_time()

    def take_item(self) -> bool:
        """Tell whether one more record inside the record may be looked at."""
        self.items_left -= 1
        return self.items_left >= 0
