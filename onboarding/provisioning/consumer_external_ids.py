"""The external IDs of an integration's consumer roles: created once for each role, and then kept."""

from onboarding.models.consumer_external_id import ConsumerExternalId
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import IntegrationSpec


def consumer_external_ids(integration: Integration) -> dict[str, str]:
    """Return the external IDs of an integration's consumer roles, by the roles' names in the spec."""
    # A plan may be shown before its integration is saved: then there is no row.
    rows = ConsumerExternalId.objects.filter(integration_id=integration.pk)
    return dict(rows.values_list("role", "external_id"))


def keep_external_ids(integration: Integration, spec: IntegrationSpec) -> None:
    """Create an external ID for each consumer role of a spec that has none yet, and keep it."""
    rows = [ConsumerExternalId(integration=integration, role=role.name) for role in spec.consumer_roles]
    ConsumerExternalId.objects.bulk_create(rows, ignore_conflicts=True)
