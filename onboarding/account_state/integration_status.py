"""The status of an integration: what Sluice does or did with it, unless nothing in its account can be seen."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.values import UnknownSince
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, Look

_THERE = {IntegrationState.LIVE, IntegrationState.ATTENTION}


@dataclass(frozen=True, slots=True)
class IntegrationStatus:
    """An integration's state; `unknown_since` is set if its stream is in an account that Sluice cannot enter.

    What is there expires with the last test of its connection: `seen_at`, `expires_at`, `is_expired`.
    """

    state: IntegrationState
    is_abandoned: bool
    unknown_since: UnknownSince | None
    seen_at: datetime | None = None
    expires_at: datetime | None = None
    is_expired: bool = False

    @property
    def label(self) -> str:
        """Return the state in a word or two."""
        if self.is_abandoned:
            return _("Abandoned")
        return _("Connection degraded") if self.unknown_since else str(self.state.label)

    @property
    def look(self) -> Look:
        """Return how the state is shown; the stream's page and the board call a degraded connection failing."""
        return Look.FAILING if self.unknown_since else self.state.look

    @property
    def is_draft(self) -> bool:
        """Return whether nothing was started yet."""
        return self.state is IntegrationState.DRAFT

    @property
    def is_removed(self) -> bool:
        """Return whether it was removed or abandoned."""
        return self.state is IntegrationState.REMOVED

    @property
    def is_live(self) -> bool:
        """Return whether everything was created."""
        return self.state is IntegrationState.LIVE

    @property
    def is_there(self) -> bool:
        """Return whether its stream was created, so that it can be watched and changed."""
        return self.state in _THERE

    @property
    def is_at_work(self) -> bool:
        """Return whether a run is creating or removing it."""
        return self.state in {IntegrationState.PROVISIONING, IntegrationState.REMOVING}

    @property
    def is_being_removed(self) -> bool:
        """Return whether a run is removing it."""
        return self.state is IntegrationState.REMOVING


def integration_status(integration: Integration) -> IntegrationStatus:
    """Return the status of an integration."""
    state, is_abandoned = IntegrationState(integration.state), integration.abandoned_at is not None
    if state not in _THERE or integration.connection is None:
        return IntegrationStatus(state, is_abandoned, unknown_since=None)
    found = connection_status(integration.connection)
    return IntegrationStatus(
        state, is_abandoned, found.unknown_since, found.seen_at, found.expires_at, is_expired=found.is_expired
    )


def last_seen_at(integration: Integration) -> datetime | None:
    """Return when anything of an integration was last seen in AWS: described, or compared in a drift check."""
    moments = [row.seen_at for row in integration.observations.all()]
    if integration.drift_checked_at is not None and integration.drift_problem is None:
        moments.append(integration.drift_checked_at)
    return max(moments, default=None)
