"""A reader of a stream as it is kept, and how a new list of AWS changes what is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class ReaderKind(StrEnum):
    """What kind of reader it is, and so what lists it."""

    CONSUMER = "consumer"
    FUNCTION = "function"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: `name` in AWS, `state` in AWS's word, its lag in milliseconds at `lag_at`, or None without a metric.

    Of an application, `leases` of open shards, those of them that no worker has, and how many workers there are; with
    `is_partial` of those leases alone that were read.
    `known_since` is when it was first listed, `seen_at` when it was listed last.
    """

    kind: ReaderKind
    name: str
    state: str = ""
    detail: str = ""
    lag_ms: float | None = None
    lag_at: datetime | None = None
    leases: int = 0
    leases_without_owner: int = 0
    workers: int = 0
    is_partial: bool = False
    known_since: datetime | None = None
    seen_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": str(self.kind),
            "name": self.name,
            "state": self.state,
            "detail": self.detail,
            "lag_ms": self.lag_ms,
            "lag_at": _text(self.lag_at),
            "leases": self.leases,
            "leases_without_owner": self.leases_without_owner,
            "workers": self.workers,
            "is_partial": self.is_partial,
            "known_since": _text(self.known_since),
            "seen_at": _text(self.seen_at),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Reader:
        """Return the reader that `as_json` wrote."""
        moments = {name: _moment(kept[name]) for name in ("lag_at", "known_since", "seen_at")}
        return cls(**{**kept, **moments, "kind": ReaderKind(kept["kind"])})


def merged(known: Iterable[Reader], listed: Iterable[Reader], unread: Iterable[str], *, now: datetime) -> list[Reader]:
    """Return what is known after AWS listed these at `now`.

    A reader that is not listed any more is gone, except of the `unread` sources, for which AWS did not answer.
    """
    before = {(reader.kind, reader.name): reader for reader in known}
    found = {(reader.kind, reader.name): _seen(reader, before, now) for reader in listed}
    kept, missing = list(found.values()), set(unread)
    kept += [reader for key, reader in before.items() if key not in found and source_of(reader) in missing]
    return sorted(kept, key=lambda reader: (reader.kind, reader.name))


def source_of(reader: Reader) -> str:
    """Return the name of the list that a reader is in: a kind, or a lease table."""
    return f"table:{reader.name}" if reader.kind is ReaderKind.APPLICATION else str(reader.kind)


def _seen(reader: Reader, before: Mapping[tuple[ReaderKind, str], Reader], now: datetime) -> Reader:
    known = before.get((reader.kind, reader.name))
    return replace(reader, known_since=known.known_since if known else now, seen_at=now)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
