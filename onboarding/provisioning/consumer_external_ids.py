"""The external IDs of an integration's consumer roles: created once for each role, and then kept."""

from collections.abc import Iterable

from onboarding.models.consumer_external_id import ConsumerExternalId
from onboarding.models.integration import Integration


def consumer_external_ids(integration: Integration) -> dict[str, str]:
    """Return the external IDs of an integration's consumer roles, by the roles' names in the spec."""
    # A plan may be shown before its integration is saved: then there is no row.
    rows = ConsumerExternalId.objects.filter(integration_id=integration.pk)
    return dict(rows.values_list("role", "external_id"))


def keep_external_ids(integration: Integration, roles: Iterable[str]) -> None:
    """Create an external ID for each of these roles, by its name in the spec, that has none yet, and keep it."""
    rows = [ConsumerExternalId(integration=integration, role=role) for role in roles]
    ConsumerExternalId.objects.bulk_create(rows, ignore_conflicts=True)
