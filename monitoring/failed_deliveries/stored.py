"""What was read of failed deliveries, in Redis for at most five minutes: it contains records."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import RedisError

from monitoring.failed_deliveries.error_groups import ErrorGroup, group_json, group_of
from portal import live
from portal.messages.message import Message, from_json

KEPT_SECONDS = 300
REQUEST_AGAIN_SECONDS = 30
_VERSION = 1


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """What is known of one delivery's error files, or in `problem` why nothing is.

    Of `files` that are listed, `files_read` were read. `is_partial`: there are more, or one was not read whole.
    """

    delivery: str
    read_at: datetime
    groups: tuple[ErrorGroup, ...] = ()
    files: int = 0
    files_read: int = 0
    unreadable: int = 0
    omitted: int = 0
    is_partial: bool = False
    problem: Message | None = None

    @property
    def count(self) -> int:
        """Return how many records were not delivered, among those that were read."""
        return sum(group.count for group in self.groups) + self.omitted


def keep_failures(uid: str, found: FailedDelivery) -> None:
    """Keep what was read of a delivery; without Redis it is lost, and requested again."""
    raw = {
        **{name: getattr(found, name) for name in _PLAIN},
        "version": _VERSION,
        "read_at": found.read_at.isoformat(),
        "groups": [group_json(group) for group in found.groups],
        "problem": found.problem.as_json() if found.problem else None,
    }
    with suppress(RedisError):
        live.connect().set(_key(uid, found.delivery), json.dumps(raw), ex=KEPT_SECONDS)


def stored_failures(uid: str, delivery: str) -> FailedDelivery | None:
    """Return what was read of a delivery in the last five minutes, or None."""
    try:
        raw = live.connect().get(_key(uid, delivery))
        return _of(json.loads(live.text(raw))) if raw is not None else None
    except (RedisError, ValueError, KeyError, TypeError):
        return None


def is_first_request(uid: str) -> bool:
    """Return whether no one has requested a reading in the last half minute, and note it; raises RedisError."""
    return bool(live.connect().set(f"failures_requested:{uid}", "1", nx=True, ex=REQUEST_AGAIN_SECONDS))


_PLAIN = ("delivery", "files", "files_read", "unreadable", "omitted", "is_partial")


def _of(raw: dict[str, Any]) -> FailedDelivery | None:
    if raw["version"] != _VERSION:
        return None
    return FailedDelivery(
        **{name: raw[name] for name in _PLAIN},
        read_at=datetime.fromisoformat(raw["read_at"]),
        groups=tuple(map(group_of, raw["groups"])),
        problem=from_json(raw["problem"]) if raw["problem"] else None,
    )


def _key(uid: str, delivery: str) -> str:
    return f"failures:{uid}:{delivery}"
