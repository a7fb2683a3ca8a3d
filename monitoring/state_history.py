"""The history of a stream's states: one row for each change, and one for each time in which it was not checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.models import HealthState, StateChange, StreamHealth, state_label
from portal.messages.formats import duration
from portal.messages.message import Message

KEPT = timedelta(days=90)
MAX_KEPT = 1000
SHOWN = 20
SILENT_CODES = frozenset(
    {
        "stream.silent",
        "stream.silent_unchecked",
        "stream.silent_at_usual_hour",
        "stream.silent_at_set_hour",
        "stream.pause_too_long",
    }
)


@dataclass(frozen=True, slots=True)
class Known:
    """What was stored of a stream before a collection: its state, the code of its message, and when it expires."""

    state: str
    code: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastState:
    """A state with its reason, from when until when; the present one has no end."""

    status: HealthState
    label: str
    message: Message | None
    at: datetime
    ended_at: datetime | None

    @property
    def lasted(self) -> str:
        """Return how long it lasted: "3 hours"; nothing for the present state."""
        return duration((self.ended_at - self.at).total_seconds()) if self.ended_at else ""


def known_of(health: StreamHealth | None) -> Known | None:
    """Return what is stored of a stream, or None before its first collection."""
    if health is None:
        return None
    return Known(health.state, _code_of(health), health.expires_at)


def note(before: Known | None, health: StreamHealth, *, now: datetime) -> bool:
    """Write a change into the history if the state or its reason is another; return whether one was written.

    A state that had expired is not claimed to have lasted: from then on it was unknown.
    """
    expired_at = before.expires_at if before and before.expires_at else now
    if expired_at < now:
        _write(health, HealthState.UNKNOWN, Message("stream.not_checked"), expired_at)
    elif before is not None and (before.state, before.code) == (health.state, _code_of(health)):
        return False
    _write(health, health.status, health.message, now)
    _forget(health.integration_id, now)
    return True


def newest(integration_id: int) -> list[PastState]:
    """Return the newest states of a stream, the present one first."""
    rows = list(StateChange.objects.filter(integration_id=integration_id)[:SHOWN])
    ends = [None, *(row.at for row in rows)]
    return [
        PastState(row.status, state_label(row.status, row.message), row.message, row.at, ended_at)
        for row, ended_at in zip(rows, ends, strict=False)
    ]


def was_silent(integration_id: int, start: datetime, end: datetime) -> bool:
    """Return whether the stream was failing because of silence at any time from `start` to before `end`."""
    rows = StateChange.objects.filter(integration_id=integration_id, at__lt=end)
    before = rows.filter(at__lte=start).first()
    codes = [row.message.code for row in (*rows.filter(at__gt=start), *filter(None, [before])) if row.message]
    return not SILENT_CODES.isdisjoint(codes)


def _code_of(health: StreamHealth) -> str:
    return health.message.code if health.message else ""


def _write(health: StreamHealth, state: HealthState, message: Message | None, at: datetime) -> None:
    StateChange.objects.create(integration_id=health.integration_id, state=state, message=message, at=at)


def _forget(integration_id: int, now: datetime) -> None:
    rows = StateChange.objects.filter(integration_id=integration_id)
    rows.filter(at__lt=now - KEPT).delete()
    if oldest := rows.values_list("at", flat=True)[MAX_KEPT : MAX_KEPT + 1].first():
        rows.filter(at__lte=oldest).delete()
