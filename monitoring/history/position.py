"""Where reading begins or ends in each shard: a sequence number, or a time where no record is known yet. Pure.

Times of arrival can be out of order (GetRecords), so that a place between two records is exact only as a sequence
number. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.aws.records import DataRecord

_SHARD = "shardId-"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """The kinds of place. PAST and END are those of a closed shard that has no record after the place."""

    START = "s"
    AT = "a"
    AFTER = "f"
    TIME = "t"
    PAST = "p"
    END = "e"


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two records of a shard.

    START is before its first record; AT and AFTER are before and after the record with `sequence_number`; TIME is
    before the first record that arrived at `near` or later, and after the record with `sequence_number` if there is one
    ("0": after the beginning). PAST: all its records are older than the time at which
    reading began; END: it was read to its end. `near` is about when the records there arrived, None if not known.
    """

    kind: Kind
    sequence_number: str = ""
    near: datetime | None = None

    def is_after(self, record: DataRecord) -> bool:
        """Return whether the record is before this place."""
        number, last = int(record.sequence_number), int(self.sequence_number or 0)
        if self.kind is Kind.TIME:
            return number <= last or (self.near is not None and record.arrived_at < self.near)
        if self.kind in {Kind.AT, Kind.AFTER}:
            return number < last or (number == last and self.kind is Kind.AFTER)
        return self.is_finished

    @property
    def is_finished(self) -> bool:
        """Return whether there will never be a record after this place."""
        return self.kind in {Kind.PAST, Kind.END}

    def around(self, moment: datetime) -> Position:
        """Return the same place, with the time of records there unless it is known or decides the place."""
        return self if self.near is not None or self.kind is Kind.TIME else replace(self, near=moment)

    def passing(self, moment: datetime) -> Position:
        """Return a place at a later moment, when no record arrived until then."""
        after = self.sequence_number or ("" if self.kind is Kind.TIME else "0")
        return replace(at_time(moment), sequence_number=after)

    def as_json(self) -> list[Any]:
        """Return it as plain data."""
        return [str(self.kind), self.sequence_number, None if self.near is None else _milliseconds(self.near)]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> Position:
        """Return the position that `as_json` wrote; raises ValueError or TypeError on anything else."""
        kind, number, near = kept
        return cls(Kind(kind), str(number), None if near is None else _EPOCH + timedelta(milliseconds=int(near)))


START = Position(Kind.START)


def at_record(record: DataRecord) -> Position:
    """Return the place right before a record."""
    return Position(Kind.AT, record.sequence_number, record.arrived_at)


def after_record(record: DataRecord) -> Position:
    """Return the place right after a record."""
    return Position(Kind.AFTER, record.sequence_number, record.arrived_at)


def at_time(moment: datetime) -> Position:
    """Return the place of the first record that arrived then or later; times have milliseconds in Kinesis."""
    return Position(Kind.TIME, near=_EPOCH + timedelta(milliseconds=_milliseconds(moment)))


@dataclass(frozen=True, slots=True)
class Cut:
    """A place in every shard: before it are the records of earlier pages, after it those of later ones.

    A shard that is not in `positions` was not reached: it begins with its first record once its parents are read, or at
    `origin` if it has no parents.
    """

    origin: Position
    positions: Mapping[str, Position] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, short: it is part of an address."""
        shards = {shard.removeprefix(_SHARD): position.as_json() for shard, position in self.positions.items()}
        return {"o": self.origin.as_json(), "p": shards}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Cut:
        """Return the cut that `as_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
        shards = {f"{_SHARD}{shard}": Position.from_json(position) for shard, position in kept["p"].items()}
        return cls(Position.from_json(kept["o"]), shards)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
