"""The status of an integration: what Sluice does or did with it, unless nothing in its account can be seen."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.values import UnknownSince
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, Look

_THERE = {IntegrationState.LIVE, IntegrationState.ATTENTION}


@dataclass(frozen=True, slots=True)
class IntegrationStatus:
    """An integration's state; `unknown_since` is set if its stream is in an account that Sluice cannot enter."""

    state: IntegrationState
    is_abandoned: bool
    unknown_since: UnknownSince | None

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
    state = IntegrationState(integration.state)
    unknown = None
    if state in _THERE and integration.connection is not None:
        unknown = connection_status(integration.connection).unknown_since
    return IntegrationStatus(state, is_abandoned=integration.abandoned_at is not None, unknown_since=unknown)
