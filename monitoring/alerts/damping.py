"""When an alert opens and closes: a condition must hold, or not hold, for a while of data time. Pure.

What is not known between two readings counts for nothing: a gap longer than `patience` begins the wait again. An alert
that flaps waits longer each time before it closes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MOST_FLAPS_COUNTED = 5
REOPENS_WITHIN = timedelta(hours=1)


class Outcome(StrEnum):
    """What a reading did to an alert."""

    NOTHING = "nothing"
    OPENED = "opened"
    CLOSED = "closed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a condition must hold before an alert opens, and not hold before it closes; `patience` bounds a gap."""

    opens_after: timedelta
    closes_after: timedelta
    patience: timedelta

    def to_close(self, flap_count: int) -> timedelta:
        """Return how long the condition must not hold: as often longer as it came back, six times at most."""
        return self.closes_after * (1 + min(flap_count, MOST_FLAPS_COUNTED))


@dataclass(frozen=True, slots=True)
class Track:
    """What is remembered of a condition: since when it holds, or since when not, as of `seen_at`."""

    is_open: bool
    since: datetime
    seen_at: datetime
    clear_since: datetime | None = None
    flap_count: int = 0


def step(track: Track, holds: bool, at: datetime, wait: Wait) -> tuple[Track, Outcome]:
    """Return the track after one more reading at `at`, and what that did; a reading that is not newer does nothing.

    The first reading of a new track is the one it was made of: pass it with `seen_at` before `at`.
    """
    if at <= track.seen_at:
        return track, Outcome.NOTHING
    is_after_gap = at - track.seen_at > wait.patience
    if holds:
        return _held(replace(track, seen_at=at), at, wait, is_after_gap=is_after_gap)
    return _not_held(replace(track, seen_at=at), at, wait, is_after_gap=is_after_gap)


def _held(track: Track, at: datetime, wait: Wait, *, is_after_gap: bool) -> tuple[Track, Outcome]:
    if track.is_open:
        came_back = track.clear_since is not None
        return replace(track, clear_since=None, flap_count=track.flap_count + came_back), Outcome.NOTHING
    since = at if is_after_gap else track.since
    if at - since >= wait.opens_after:
        return replace(track, is_open=True, since=since), Outcome.OPENED
    return replace(track, since=since), Outcome.NOTHING


def _not_held(track: Track, at: datetime, wait: Wait, *, is_after_gap: bool) -> tuple[Track, Outcome]:
    if not track.is_open:
        return track, Outcome.DROPPED
    clear_since = at if track.clear_since is None or is_after_gap else track.clear_since
    if at - clear_since >= wait.to_close(track.flap_count):
        return replace(track, clear_since=clear_since, is_open=False), Outcome.CLOSED
    return replace(track, clear_since=clear_since), Outcome.NOTHING
