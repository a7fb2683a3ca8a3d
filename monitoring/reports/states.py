"""How long a stream was healthy in a month, by the history of its states. What no one checked is not known."""

from dataclasses import dataclass
from datetime import datetime

from monitoring.models import HealthState, StateChange, StreamHealth
from monitoring.reports.month import Month


@dataclass(frozen=True, slots=True)
class States:
    """Seconds of a month by state; together they are the month. `known_since` is when the history begins within it."""

    healthy: float
    unhealthy: float
    unknown: float
    known_since: datetime | None


def states_of(integration_id: int, month: Month) -> States:
    """Return how long a stream was in which state from the beginning to the end of a month."""
    rows = StateChange.objects.filter(integration_id=integration_id, at__lt=month.end).order_by("at", "pk")
    before = rows.filter(at__lte=month.start).last()
    changes = [(row.at, row.state) for row in rows.filter(at__gt=month.start)]
    known_since = None if before else (changes[0][0] if changes else month.end)
    changes = [(month.start, before.state if before else HealthState.UNKNOWN), *changes]
    changes = _until_expiry(integration_id, changes, month)
    ends = [*(at for at, _ in changes[1:]), month.end]
    seconds = {"healthy": 0.0, "unhealthy": 0.0, "unknown": 0.0}
    for (at, state), ended_at in zip(changes, ends, strict=True):
        seconds[_group(state)] += (ended_at - at).total_seconds()
    return States(**seconds, known_since=known_since)


def _until_expiry(integration_id: int, changes: list[tuple[datetime, str]], month: Month) -> list[tuple[datetime, str]]:
    """Return the changes with the end of the last assessment, if no one checked the stream after that."""
    health = StreamHealth.objects.filter(integration_id=integration_id).first()
    expired_at = health.expires_at if health else None
    if expired_at is None or not changes[-1][0] < expired_at < month.end:
        return changes
    return [*changes, (expired_at, HealthState.UNKNOWN)]


def _group(state: str) -> str:
    if state == HealthState.UNKNOWN:
        return "unknown"
    return "healthy" if state == HealthState.HEALTHY else "unhealthy"
