"""The status of a connection: the one answer to whether Sluice can enter the account, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from onboarding.account_state.values import UnknownSince
from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState, Look
from portal.messages.message import Message

INTERVALS = 3
RETRY_SECONDS = 10  # a page tests a role that may not be active yet 5 s after each test, which takes up to 5 s


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """A connection's state since a time, as last tested at `seen_at`; `reason` and AWS's text explain it.

    `expires_at` is until when the state may be shown as the present one: three intervals without another test later
    it is unknown. It is None for a state that stays true without tests.
    """

    state: ConnectionState
    since: datetime
    seen_at: datetime | None
    reason: Message | None
    aws_text: str
    expires_at: datetime | None = None
    is_expired: bool = False

    @property
    def label(self) -> str:
        """Return the state in one word."""
        return str(self.state.label)

    @property
    def look(self) -> Look:
        """Return how the state is shown."""
        return self.state.look

    @property
    def is_verified(self) -> bool:
        """Return whether the role passed its last test."""
        return self.state is ConnectionState.VERIFIED

    @property
    def is_degraded(self) -> bool:
        """Return whether a role that was verified before failed since."""
        return self.state is ConnectionState.DEGRADED

    @property
    def is_propagating(self) -> bool:
        """Return whether the role may not be active in AWS yet."""
        return self.state is ConnectionState.PROPAGATING

    @property
    def is_draft(self) -> bool:
        """Return whether the role was never tested."""
        return self.state is ConnectionState.DRAFT

    @property
    def unknown_since(self) -> UnknownSince | None:
        """Return since when nothing in the account can be seen, or None while it can."""
        return UnknownSince(self.since) if self.is_degraded else None


def connection_status(connection: Connection, *, now: datetime | None = None) -> ConnectionStatus:
    """Return the status of a connection."""
    now = now or timezone.now()
    is_propagating = connection.is_propagating_at(now)
    state = ConnectionState.PROPAGATING if is_propagating else ConnectionState(connection.state)
    seen_at = connection.checked_at or connection.verified_at
    expires_at = _expires_at(state, seen_at)
    return ConnectionStatus(
        state=state,
        since=connection.state_since,
        seen_at=seen_at,
        reason=connection.verdict,
        aws_text=str(connection.trust_report.get("detail", "")),
        expires_at=expires_at,
        is_expired=expires_at is not None and expires_at <= now,
    )


def _expires_at(state: ConnectionState, seen_at: datetime | None) -> datetime | None:
    every = {
        ConnectionState.PROPAGATING: RETRY_SECONDS,
        ConnectionState.VERIFIED: settings.SLUICE_RECHECK_SECONDS,
    }.get(state)
    return None if every is None or seen_at is None else seen_at + INTERVALS * timedelta(seconds=every)
