"""What is known of a tenant's connections: whether their roles work, and whether their streams are read.

A connection that is broken, or an account whose CloudWatch throttles or denies, is one cause for all of its streams.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from monitoring.alert_models import AlertKind
from monitoring.alerts.alert_rows import MOST_STREAMS
from monitoring.alerts.observation import Measured, Observation
from onboarding.account_state.connection_status import ConnectionStatus, connection_status
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.messages.message import Message
from portal.numbers import in_fours

PATIENCE = timedelta(minutes=15)  # the check of all tenants runs every minute


def observe_connections(streams: Iterable[Integration], *, now: datetime) -> list[Observation]:
    """Return what is known of each connection with a role, and of the reading of its streams in each Region.

    `streams` are a tenant's integrations that can be watched, each with its connection and health.
    """
    found = []
    for connection, of_it in _by_connection(streams):
        status = connection_status(connection, now=now)
        name = f"{connection.name} ({in_fours(connection.account_id)})"
        found.append(_seen(f"connection-{connection.uid}", name, _state(status, now), of_it, now))
        for region in sorted({row.region for row in of_it}):
            rows = [row for row in of_it if row.region == region]
            measured = _unread(rows, status, now)
            found.append(_seen(f"metrics-{connection.uid}-{region}", f"{name}, {region}", measured, rows, now))
    return found


def _by_connection(streams: Iterable[Integration]) -> list[tuple[Connection, list[Integration]]]:
    rows = [row for row in streams if row.connection is not None and row.connection.has_grant]
    rows.sort(key=lambda row: (row.connection_id or 0, row.pk))
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row.connection_id))
    return [(group[0].connection, group) for group in groups if group[0].connection is not None]


def _state(status: ConnectionStatus, now: datetime) -> Measured:
    """Return for how many minutes the role has been denied; 0 while it works, and None while that is not known."""
    if status.is_degraded:
        minutes = max(0.0, (now - status.since).total_seconds() / 60)
        return Measured(AlertKind.CONNECTION_BROKEN, minutes, status.reason or Message("trust.denied_since"))
    is_known = status.is_verified and not status.is_expired
    return Measured(AlertKind.CONNECTION_BROKEN, 0 if is_known else None)


def _unread(rows: list[Integration], status: ConnectionStatus, now: datetime) -> Measured:
    """Return for how many minutes no stream of an account and Region was read, once each should have been."""
    kind = AlertKind.METRICS_MISSING
    if not status.is_verified:
        return Measured(kind, 0 if status.is_degraded else None)  # a broken connection is an alert of its own
    health = [getattr(row, "health", None) for row in rows]
    if any(each is not None and each.checked_at is not None and not _is_late(each, now) for each in health):
        return Measured(kind, 0)
    checked = [each.checked_at for each in health if each is not None and each.checked_at is not None]
    since = max(checked, default=max(row.changed_at for row in rows))
    return Measured(kind, max(0.0, (now - since).total_seconds() / 60), Message("stream.not_checked"))


def _is_late(health: object, now: datetime) -> bool:
    expires_at: datetime | None = getattr(health, "expires_at", None)
    return expires_at is not None and expires_at <= now


def _seen(cause: str, name: str, measured: Measured, rows: list[Integration], now: datetime) -> Observation:
    ids = tuple(row.pk for row in rows[:MOST_STREAMS])
    return Observation(cause, name, now, measured, ids, len(rows), PATIENCE)
