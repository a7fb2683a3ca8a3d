"""In which minutes of the last four weeks records arrived: one number of 64 bits for each hour. Pure.

Bit n of an hour says that records arrived in its minute n, bit 60 that the hour is known: that CloudWatch was read for
all of it, and that the stream was not taken for silent in it. What an outage looks like is not learned as usual.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

HOURS = 4 * 7 * 24
_KNOWN = 1 << 60
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hour_of(moment: datetime) -> int:
    """Return the hour of a moment, counted from 1970 in UTC."""
    return int(moment.timestamp()) // 3600


def start_of(hour: int) -> datetime:
    """Return the moment at which an hour begins."""
    return _EPOCH + hour * _HOUR


@dataclass(frozen=True, slots=True)
class Minutes:
    """The hours from `first_hour` on, at most four weeks of them, the newest last."""

    first_hour: int = 0
    hours: tuple[int, ...] = ()

    @property
    def end_hour(self) -> int:
        """Return the hour after the newest."""
        return self.first_hour + len(self.hours)

    def with_hour(self, hour: int, moments: Iterable[datetime]) -> Minutes:
        """Return it with one more hour, in which records arrived in the minutes of these moments.

        Hours in between are not known. An hour that is there stays as it is.
        """
        if self.hours and hour < self.end_hour:
            return self
        bits = _KNOWN
        for moment in moments:
            bits |= 1 << moment.minute
        first = self.first_hour if self.hours else hour
        hours = (*self.hours, *(0 for _ in range(min(hour - first - len(self.hours), HOURS))), bits)[-HOURS:]
        return Minutes(hour + 1 - len(hours), hours)

    def without(self, hour: int) -> Minutes:
        """Return it with an hour that is not known."""
        place = hour - self.first_hour
        if not 0 <= place < len(self.hours):
            return self
        return replace(self, hours=(*self.hours[:place], 0, *self.hours[place + 1 :]))

    def pauses(self) -> dict[int, int]:
        """Return for each known hour the longest pause that touches it, in minutes: also one that began before it.

        A pause begins and ends with a record, or where the hours are not known.
        """
        longest: dict[int, int] = {}
        run = 0
        touched: list[int] = []
        for place, bits in enumerate(self.hours):
            hour = self.first_hour + place
            if not bits & _KNOWN:
                _keep(longest, touched, run)
                run, touched = 0, []
                continue
            pieces = f"{bits & (_KNOWN - 1):060b}"[::-1].split("1")
            if pieces[0]:
                touched.append(hour)
            if len(pieces) == 1:
                run += 60
                continue
            _keep(longest, touched, run + len(pieces[0]))
            _keep(longest, [hour], max(len(piece) for piece in pieces[1:]))
            run, touched = len(pieces[-1]), [hour] if pieces[-1] else []
        _keep(longest, touched, run)
        return longest

    def packed(self) -> bytes:
        """Return the hours as eight bytes each."""
        return struct.pack(f">{len(self.hours)}Q", *self.hours)

    @classmethod
    def unpacked(cls, first_hour: int, data: bytes) -> Minutes:
        """Return what was packed; raises struct.error for anything else."""
        return cls(first_hour, struct.unpack(f">{len(data) // 8}Q", data))


def _keep(longest: dict[int, int], hours: list[int], minutes: int) -> None:
    for hour in hours:
        longest[hour] = max(longest.get(hour, 0), minutes)
