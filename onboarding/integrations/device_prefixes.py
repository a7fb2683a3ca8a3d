"""Topic prefixes of devices: no two integrations in one account and Region have one below the other.

A device publishes below its prefix and its own name. With the prefix a of one integration and a/b of another, a device
of the first that is called b could publish as any device of the second, and its rule would read theirs.
"""

from collections.abc import Iterator

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from portal.messages.message import Message


def problems(integration: Integration, spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    """Return the other integrations of the tenant whose devices would share topics with those of a spec."""
    if spec.devices is None:
        return []
    own = spec.devices.topic_prefix
    return [
        Problem("devices.topic_prefix", Message("topic.prefix_overlaps", prefix=own, other=prefix, name=name))
        for name, prefix in _others(integration, spec.stream.region, connection)
        if f"{own}/".startswith(f"{prefix}/") or f"{prefix}/".startswith(f"{own}/")
    ]


def _others(integration: Integration, region: str, connection: Connection) -> Iterator[tuple[str, str]]:
    rows = Integration.objects.filter(tenant=integration.tenant, connection__account_id=connection.account_id)
    rows = rows.exclude(pk=integration.pk).exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED])
    for name, declared in rows.values_list("name", "spec"):
        spec = declared or {}
        if (devices := spec.get("devices")) and spec["stream"]["region"] == region:
            yield name, devices["topic_prefix"]
