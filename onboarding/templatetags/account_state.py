"""The filter by which templates read the status of a connection or an integration."""

from django import template

from onboarding.account_state.connection_status import ConnectionStatus, connection_status
from onboarding.account_state.integration_status import IntegrationStatus, integration_status
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration

register = template.Library()


@register.filter
def account_status(row: Connection | Integration | None) -> ConnectionStatus | IntegrationStatus | None:
    """Return the status of a connection or an integration, with its label, its look, and since when."""
    if row is None:
        return None
    return connection_status(row) if isinstance(row, Connection) else integration_status(row)
